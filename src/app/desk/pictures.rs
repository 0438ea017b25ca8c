//! Uploads for an organisation, and the pictures that are made of them: portraits of nominees, covers of campaigns and
//! stories.
//!
//! The right and the revision are looked at before a picture is decoded, which takes its time, and again in the change
//! itself, which takes the upload in its own transaction.

use super::campaigns::attempt_on;
use super::{Answer, Attempt, Subject, refuse};
use crate::app::pictures::{PictureRefusal, StoredPicture};
use crate::app::uploads::{UploadLink, UploadRefusal};
use crate::app::{App, Client};
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::campaign::{Campaign, Phase};
use crate::domain::media::{MediaFile, MediaName, PictureSize, UploadPurpose};
use crate::domain::nominee::Nominee;
use crate::domain::story::fields::checked_title;
use crate::domain::story::life::StoryContent;
use crate::domain::story::{MEDIA_MAX, Media, MediaKind};
use crate::error::{Error, Result};
use crate::id::{CampaignId, NomineeId, OrganisationId, StoryId, UploadId};
use crate::ledger::Transaction;
use crate::ledger::audit::SubjectKind;

/// The reason why an object does not show a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowPictureRefusal {
    /// The upload cannot be used, or is no picture.
    Picture(PictureRefusal),
    /// The line on what it shows is too long, or has characters that cannot be printed.
    InvalidTitle,
    /// The story has as many pictures, films and recordings as one can have.
    TooManyMedia,
    /// The campaign is in a phase in which this cannot be done.
    WrongState,
    /// Somebody else has changed the object since.
    StaleObject,
}

/// The picture that an object is to show.
#[derive(Debug, Clone, Copy)]
pub struct PictureEdit {
    /// The revision that the edit rests on.
    pub expected_revision: i64,
    /// The upload that it is made of; without one the object shows none.
    pub upload_id: Option<UploadId>,
}

type Shown = Answer<(), ShowPictureRefusal>;

const PORTRAIT: &str = "nominee.portrait";
const COVER: &str = "campaign.cover";
const STORY_COVER: &str = "story.cover";
const STORY_UPDATE: &str = "story.update";

impl App {
    /// Gives a member of an organisation a link for a file: for a picture where it may write stories, for a sheet where
    /// it may edit campaigns. The link changes nothing of the organisation: what is made of it is in the log.
    pub async fn create_upload_for(
        &self,
        (viewer, client): (Viewer, &Client),
        organisation_id: OrganisationId,
        purpose: UploadPurpose,
        bytes: i64,
    ) -> Result<Answer<UploadLink, UploadRefusal>> {
        let attempt = Attempt {
            name: "upload.create",
            right: match purpose {
                UploadPurpose::Picture => Action::WriteStories,
                UploadPurpose::Sheet => Action::EditCampaigns,
            },
            subject: Subject::new(SubjectKind::Organisation, organisation_id.0, ""),
        };
        let desk = self.desk(viewer, client)?;
        drop(desk.open(organisation_id, &attempt).await?);
        let staff_id = viewer.require_staff()?;
        match self.create_upload(staff_id, purpose, bytes).await? {
            Ok(link) => Ok(Ok(link)),
            Err(why) => {
                let is_length = why == UploadRefusal::LengthOutOfRange;
                refuse(why, is_length.then_some("bytes"))
            }
        }
    }

    /// Gives a nominee a portrait, or takes it away.
    pub async fn set_nominee_portrait(
        &self,
        (viewer, client): (Viewer, &Client),
        id: NomineeId,
        picture: PictureEdit,
    ) -> Result<Shown> {
        let desk = self.desk(viewer, client)?;
        let (edit, before) = desk.open_nominee(PORTRAIT, id).await?;
        // Nothing is held while a picture is made.
        drop(edit);
        if before.edit_revision != picture.expected_revision {
            return refuse(ShowPictureRefusal::StaleObject, "expectedRevision");
        }
        let stored = match self.make_picture(viewer, picture).await? {
            Ok(stored) => stored,
            Err(why) => return refuse(ShowPictureRefusal::Picture(why), "uploadId"),
        };
        let (mut edit, before) = desk.open_nominee(PORTRAIT, id).await?;
        if before.edit_revision != picture.expected_revision {
            return refuse(ShowPictureRefusal::StaleObject, "expectedRevision");
        }
        if edit.is_over(before.campaign_id).await? {
            return refuse(ShowPictureRefusal::WrongState, "nomineeId");
        }
        if let Some(refused) = self.take(edit.tx(), stored.as_ref()).await? {
            return Ok(refused);
        }
        let after = Nominee {
            portrait_url: None,
            portrait_media: name_of(stored),
            ..before.clone()
        };
        edit.commit_portrait(PORTRAIT, &before, after).await?;
        Ok(Ok(()))
    }

    /// Gives a campaign a cover, or takes it away.
    pub async fn set_campaign_cover(
        &self,
        (viewer, client): (Viewer, &Client),
        id: CampaignId,
        picture: PictureEdit,
    ) -> Result<Shown> {
        let desk = self.desk(viewer, client)?;
        let attempt = attempt_on(COVER, id);
        let revision = Some(picture.expected_revision);
        let mut edit = desk.open_campaign(id, &attempt).await?;
        if edit.find_campaign(id, revision).await?.is_err() {
            return refuse(ShowPictureRefusal::StaleObject, "expectedRevision");
        }
        // Nothing is held while a picture is made.
        drop(edit);
        let stored = match self.make_picture(viewer, picture).await? {
            Ok(stored) => stored,
            Err(why) => return refuse(ShowPictureRefusal::Picture(why), "uploadId"),
        };
        let mut edit = desk.open_campaign(id, &attempt).await?;
        let Ok(before) = edit.find_campaign(id, revision).await? else {
            return refuse(ShowPictureRefusal::StaleObject, "expectedRevision");
        };
        if before.phase(self.clock.now()) == Phase::Archived {
            return refuse(ShowPictureRefusal::WrongState, "campaignId");
        }
        if let Some(refused) = self.take(edit.tx(), stored.as_ref()).await? {
            return Ok(refused);
        }
        let after = Campaign {
            cover_url: None,
            cover_media: name_of(stored),
            ..before.clone()
        };
        edit.commit_campaign(COVER, &before, after, None).await?;
        Ok(Ok(()))
    }

    /// Gives a story a cover, or takes it away. One that was approved goes back to review.
    pub async fn set_story_cover(
        &self,
        by: (Viewer, &Client),
        id: StoryId,
        picture: PictureEdit,
    ) -> Result<Shown> {
        let change = |content: &mut StoryContent, name| {
            content.cover_media = name;
            Ok(())
        };
        self.edit_story_picture(by, (STORY_COVER, id), picture, change)
            .await
    }

    /// Gives a story a picture beside its text, for the text to show. One that was approved goes back to review. The
    /// same picture once more has another title.
    pub async fn add_story_picture(
        &self,
        by: (Viewer, &Client),
        id: StoryId,
        (upload_id, expected_revision): (UploadId, i64),
        title: &str,
    ) -> Result<Answer<Media, ShowPictureRefusal>> {
        let Some(title) = checked_title(title) else {
            return refuse(ShowPictureRefusal::InvalidTitle, "title");
        };
        let picture = PictureEdit {
            expected_revision,
            upload_id: Some(upload_id),
        };
        let mut added = None;
        let change = |content: &mut StoryContent, name: Option<MediaName>| {
            let name = name.ok_or(ShowPictureRefusal::StaleObject)?;
            added = Some(content.add_picture(&name, title.clone())?);
            Ok(())
        };
        let shown = self.edit_story_picture(by, (STORY_UPDATE, id), picture, change);
        Ok(match shown.await? {
            Ok(()) => Ok(added.ok_or(Error::NotFound("picture"))?),
            Err(rejections) => Err(rejections),
        })
    }

    /// Changes a picture of a story.
    async fn edit_story_picture(
        &self,
        (viewer, client): (Viewer, &Client),
        (name, id): (&'static str, StoryId),
        picture: PictureEdit,
        change: impl FnOnce(&mut StoryContent, Option<MediaName>) -> Result<(), ShowPictureRefusal>,
    ) -> Result<Shown> {
        let desk = self.desk(viewer, client)?;
        let (edit, before) = desk.open_story(name, Action::WriteStories, id).await?;
        // Nothing is held while a picture is made.
        drop(edit);
        if before.review.edit_revision != picture.expected_revision {
            return refuse(ShowPictureRefusal::StaleObject, "expectedRevision");
        }
        let stored = match self.make_picture(viewer, picture).await? {
            Ok(stored) => stored,
            Err(why) => return refuse(ShowPictureRefusal::Picture(why), "uploadId"),
        };
        let (mut edit, before) = desk.open_story(name, Action::WriteStories, id).await?;
        if before.review.edit_revision != picture.expected_revision {
            return refuse(ShowPictureRefusal::StaleObject, "expectedRevision");
        }
        if edit.find_obstacle(&before).await?.is_some() {
            return refuse(ShowPictureRefusal::WrongState, "storyId");
        }
        if let Some(refused) = self.take(edit.tx(), stored.as_ref()).await? {
            return Ok(refused);
        }
        let mut content = before.content();
        if let Err(why) = change(&mut content, name_of(stored)) {
            return refuse(why, "storyId");
        }
        let Ok(mut after) = before.edited(content, viewer.staff(), self.clock.now()) else {
            return refuse(ShowPictureRefusal::WrongState, "storyId");
        };
        after.review.text_check = before.review.text_check;
        edit.commit_story(name, &before, after, None).await?;
        Ok(Ok(()))
    }

    /// The picture of an edit, made and stored; none where there is to be none.
    async fn make_picture(
        &self,
        viewer: Viewer,
        picture: PictureEdit,
    ) -> Result<Result<Option<StoredPicture>, PictureRefusal>> {
        let Some(upload_id) = picture.upload_id else {
            return Ok(Ok(None));
        };
        let stored = self.store_picture(viewer.require_staff()?, upload_id);
        Ok(stored.await?.map(Some))
    }

    /// Takes the upload of a picture; returns the refusal where somebody else was faster.
    async fn take(
        &self,
        tx: &mut Transaction,
        stored: Option<&StoredPicture>,
    ) -> Result<Option<Shown>> {
        let Some(stored) = stored else {
            return Ok(None);
        };
        match self.take_upload(tx, &stored.upload).await? {
            Ok(()) => Ok(None),
            Err(why) => {
                let why = ShowPictureRefusal::Picture(PictureRefusal::Upload(why));
                refuse(why, "uploadId").map(Some)
            }
        }
    }
}

fn name_of(stored: Option<StoredPicture>) -> Option<MediaName> {
    stored.map(|stored| stored.media.name)
}

impl StoryContent {
    /// Adds a picture that is stored here; one that is there already gets this title.
    fn add_picture(
        &mut self,
        name: &MediaName,
        title: String,
    ) -> Result<Media, ShowPictureRefusal> {
        let picture = Media {
            kind: MediaKind::Image,
            url: MediaFile::new(name, PictureSize::Large).address(None),
            title,
        };
        let known = self.media.iter().position(|known| known.url == picture.url);
        match known {
            Some(index) => self.media[index].clone_from(&picture),
            None if self.media.len() >= MEDIA_MAX => return Err(ShowPictureRefusal::TooManyMedia),
            None => self.media.push(picture.clone()),
        }
        Ok(picture)
    }
}
