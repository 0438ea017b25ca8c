//! Uploads, and the objects that show a picture made of one.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::user_error;
use crate::app::desk::{Answer, PictureEdit, Rejection, ShowPictureRefusal};
use crate::app::pictures::{PictureFault, PictureRefusal};
use crate::app::uploads::{UploadLink, UploadRefusal};
use crate::domain::media;
use crate::graphql::node_id::GlobalId;
use crate::graphql::types::{Campaign, Long, Nominee, Story, Timestamp};
use crate::graphql::{app, node_id, requester};
use crate::id::{CampaignId, NomineeId, StoryId};

/// The purpose of an upload.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "media::UploadPurpose")]
pub(super) enum UploadPurpose {
    /// A picture: JPEG, PNG or WebP, at most 20 MiB, 8,192 pixels a side and 40 megapixels.
    Picture,
    /// A spreadsheet, at most 10 MiB.
    Sheet,
}

/// The reason why there is no link for a file.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum UploadErrorCode {
    /// This server has no place for files.
    UploadsNotConfigured,
    /// The file is empty, or too large for its purpose.
    FileTooLarge,
    /// Too many files that were sent are not used yet.
    TooManyUploads,
}

impl From<UploadRefusal> for UploadErrorCode {
    fn from(why: UploadRefusal) -> Self {
        match why {
            UploadRefusal::NoStore => Self::UploadsNotConfigured,
            UploadRefusal::TooMany => Self::TooManyUploads,
            _ => Self::FileTooLarge,
        }
    }
}

user_error! {
    /// A refusal of a link for a file.
    UploadUserError, UploadErrorCode
}

/// The reason why a picture is not shown.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(super) enum PictureErrorCode {
    /// This server has no place for files.
    UploadsNotConfigured,
    /// There is no such upload of yours for a picture.
    UploadNotFound,
    /// Its file was not sent, or not wholly.
    UploadNotReceived,
    /// The upload has expired: ask for a new link.
    UploadExpired,
    /// The upload was used already: ask for a new link.
    UploadUsed,
    /// The file is no JPEG, PNG or WebP.
    NotAPicture,
    /// The picture has too many pixels.
    PictureTooLarge,
    /// The picture moves.
    PictureAnimated,
    /// The picture is damaged or not complete.
    PictureDamaged,
    /// The line on what it shows is too long, or has characters that cannot be printed.
    InvalidTitle,
    /// The story has as many pictures, films and recordings as one can have.
    TooManyMedia,
    /// The campaign is in a phase in which this cannot be done.
    WrongState,
    /// Somebody else has changed the object since: it is shown as it stands now.
    StaleObject,
}

impl From<ShowPictureRefusal> for PictureErrorCode {
    fn from(why: ShowPictureRefusal) -> Self {
        match why {
            ShowPictureRefusal::InvalidTitle => Self::InvalidTitle,
            ShowPictureRefusal::TooManyMedia => Self::TooManyMedia,
            ShowPictureRefusal::WrongState => Self::WrongState,
            ShowPictureRefusal::StaleObject => Self::StaleObject,
            ShowPictureRefusal::Picture(PictureRefusal::Picture(fault)) => match fault {
                PictureFault::Unknown => Self::NotAPicture,
                PictureFault::TooLarge => Self::PictureTooLarge,
                PictureFault::Animated => Self::PictureAnimated,
                PictureFault::Damaged => Self::PictureDamaged,
            },
            ShowPictureRefusal::Picture(PictureRefusal::Upload(why)) => match why {
                UploadRefusal::NoStore => Self::UploadsNotConfigured,
                UploadRefusal::NotReceived => Self::UploadNotReceived,
                UploadRefusal::Expired => Self::UploadExpired,
                UploadRefusal::Used => Self::UploadUsed,
                _ => Self::UploadNotFound,
            },
        }
    }
}

user_error! {
    /// A refusal of a picture.
    PictureUserError, PictureErrorCode
}

/// The input of `createUpload`.
#[derive(InputObject)]
struct CreateUploadInput {
    /// The organisation that the file is for.
    organisation_id: ID,
    /// The purpose of the file.
    purpose: UploadPurpose,
    /// The file's length in bytes: exactly so many must be sent.
    bytes: i32,
}

/// A link that a file is sent to, once.
#[derive(SimpleObject)]
struct Upload {
    /// Its id, by which the file is used.
    id: ID,
    /// The address to send the file to with `PUT`, without further headers; a path of this server where the server's
    /// public address is not set. It answers 204 when the file is whole, and may be tried again until then.
    url: String,
    /// The end of the link.
    expires_at: Timestamp,
}

/// The answer of `createUpload`.
#[derive(SimpleObject)]
struct CreateUploadPayload {
    /// The link; null when it was refused.
    upload: Option<Upload>,
    /// The refusal; empty when there is none.
    user_errors: Vec<UploadUserError>,
}

/// The input of `setNomineePortrait`.
#[derive(InputObject)]
struct SetNomineePortraitInput {
    /// The nominee.
    nominee_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The upload whose file becomes the portrait; null for none.
    upload_id: Option<ID>,
}

/// The answer of `setNomineePortrait`.
#[derive(SimpleObject)]
struct SetNomineePortraitPayload {
    /// The nominee as it stands now, withdrawn or not.
    nominee: Option<Nominee>,
    /// The refusal; empty when there is none.
    user_errors: Vec<PictureUserError>,
}

/// The input of `setCampaignCover`.
#[derive(InputObject)]
struct SetCampaignCoverInput {
    /// The campaign.
    campaign_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The upload whose file becomes the cover; null for none.
    upload_id: Option<ID>,
}

/// The answer of `setCampaignCover`.
#[derive(SimpleObject)]
struct SetCampaignCoverPayload {
    /// The campaign as it stands now.
    campaign: Option<Campaign>,
    /// The refusal; empty when there is none.
    user_errors: Vec<PictureUserError>,
}

/// The input of `setStoryCover`.
#[derive(InputObject)]
struct SetStoryCoverInput {
    /// The story.
    story_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The upload whose file becomes the cover; null for none.
    upload_id: Option<ID>,
}

/// The answer of `setStoryCover`.
#[derive(SimpleObject)]
struct SetStoryCoverPayload {
    /// The story as it stands now, out or not.
    story: Option<Story>,
    /// The refusal; empty when there is none.
    user_errors: Vec<PictureUserError>,
}

fn picture_edit(
    ctx: &Context<'_>,
    expected_revision: Long,
    upload_id: Option<ID>,
) -> Result<PictureEdit> {
    let upload_id = upload_id.map(|id| node_id::decode(&app(ctx).hash_key, &id));
    Ok(PictureEdit {
        expected_revision: expected_revision.0,
        upload_id: upload_id.transpose()?,
    })
}

pub(super) fn picture_errors(
    ctx: &Context<'_>,
    answer: Answer<(), ShowPictureRefusal>,
) -> Vec<PictureUserError> {
    let rejections: Vec<Rejection<ShowPictureRefusal>> = answer.err().unwrap_or_default();
    PictureUserError::list(ctx, rejections, |language, why| match why {
        ShowPictureRefusal::Picture(PictureRefusal::Upload(why)) => language.upload_refusal(why).1,
        ShowPictureRefusal::Picture(PictureRefusal::Picture(fault)) => {
            language.picture_fault(fault).1
        }
        ShowPictureRefusal::InvalidTitle => language.invalid_picture_title(),
        ShowPictureRefusal::TooManyMedia => language.too_many_media(),
        ShowPictureRefusal::WrongState => language.wrong_state(),
        ShowPictureRefusal::StaleObject => language.stale_object(),
    })
}

/// Changes of files and pictures.
#[derive(Default)]
pub(super) struct UploadMutation;

#[Object]
impl UploadMutation {
    /// Gives a link that a file of exactly the length that is said is sent to, once, within 15 minutes. Needs an owner
    /// or organiser; for pictures an editor, too.
    async fn create_upload(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: CreateUploadInput,
    ) -> Result<CreateUploadPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let organisation_id = node_id::decode(&app.hash_key, &input.organisation_id)?;
        let who = (requester.viewer, &requester.client);
        let (purpose, bytes) = (input.purpose.into(), i64::from(input.bytes));
        let creating = app.create_upload_for(who, organisation_id, purpose, bytes);
        Ok(match Box::pin(creating).await? {
            Ok(link) => CreateUploadPayload {
                upload: Some(Upload::new(ctx, &link)),
                user_errors: Vec::new(),
            },
            Err(rejections) => CreateUploadPayload {
                upload: None,
                user_errors: UploadUserError::list(ctx, rejections, |language, why| {
                    language.upload_refusal(why).1
                }),
            },
        })
    }

    /// Gives a nominee the picture that was uploaded as its portrait, turned, shrunk and without its metadata, or takes
    /// its portrait away. Needs an owner or organiser.
    async fn set_nominee_portrait(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nominee and its portrait.")] input: SetNomineePortraitInput,
    ) -> Result<SetNomineePortraitPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id: NomineeId = node_id::decode(&app.hash_key, &input.nominee_id)?;
        let picture = picture_edit(ctx, input.expected_revision, input.upload_id)?;
        let who = (requester.viewer, &requester.client);
        let answer = Box::pin(app.set_nominee_portrait(who, id, picture)).await?;
        Box::pin(app.refresh_campaigns()).await?;
        let catalog = app.campaigns.catalog();
        let found = catalog.find_nominee_to_edit(id, requester.viewer);
        Ok(SetNomineePortraitPayload {
            nominee: found.map(|(roster, index)| Nominee::on_own_page(ctx, &roster, index)),
            user_errors: picture_errors(ctx, answer),
        })
    }

    /// Gives a campaign the picture that was uploaded as its cover, or takes its cover away. Needs an owner or
    /// organiser.
    async fn set_campaign_cover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The campaign and its cover.")] input: SetCampaignCoverInput,
    ) -> Result<SetCampaignCoverPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id: CampaignId = node_id::decode(&app.hash_key, &input.campaign_id)?;
        let picture = picture_edit(ctx, input.expected_revision, input.upload_id)?;
        let who = (requester.viewer, &requester.client);
        let answer = Box::pin(app.set_campaign_cover(who, id, picture)).await?;
        Box::pin(app.refresh_campaigns()).await?;
        let roster = app.campaigns.catalog().find(id, requester.viewer);
        Ok(SetCampaignCoverPayload {
            campaign: roster.map(|roster| Campaign::new(app, roster)),
            user_errors: picture_errors(ctx, answer),
        })
    }

    /// Gives a story the picture that was uploaded as its cover, or takes its cover away. One that was approved goes
    /// back to review. Needs an owner, organiser or editor.
    async fn set_story_cover(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story and its cover.")] input: SetStoryCoverInput,
    ) -> Result<SetStoryCoverPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id: StoryId = node_id::decode(&app.hash_key, &input.story_id)?;
        let picture = picture_edit(ctx, input.expected_revision, input.upload_id)?;
        let who = (requester.viewer, &requester.client);
        let answer = Box::pin(app.set_story_cover(who, id, picture)).await?;
        Box::pin(app.refresh_campaigns()).await?;
        let found = Box::pin(app.find_stories(requester.viewer, vec![id])).await?;
        let found = found.into_iter().next();
        Ok(SetStoryCoverPayload {
            story: found.map(|story| Story::on_own_page(ctx, story)),
            user_errors: picture_errors(ctx, answer),
        })
    }
}

impl Upload {
    fn new(ctx: &Context<'_>, link: &UploadLink) -> Self {
        let app = app(ctx);
        let origin = app.public_url.as_deref().unwrap_or_default();
        Self {
            id: GlobalId::Upload(link.id).encode(&app.hash_key),
            url: format!("{origin}{}", link.path),
            expires_at: Timestamp(link.expires_at),
        }
    }
}
