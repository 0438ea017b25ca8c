//! Pictures beside the texts of stories, for the texts to show.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

use super::stories::StoryPayload;
use super::uploads::{PictureUserError, picture_errors};
use crate::domain::media::MediaFile;
use crate::graphql::types::{Long, Media, Story};
use crate::graphql::{app, node_id, requester};
use crate::id::StoryId;

/// The input of `addStoryPicture`.
#[derive(InputObject)]
struct AddStoryPictureInput {
    /// The story.
    story_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The upload whose file becomes the picture.
    upload_id: ID,
    /// A line on what it shows, at most 200 characters; empty for what only adorns.
    title: String,
}

/// The answer of `addStoryPicture`.
#[derive(SimpleObject)]
struct AddStoryPicturePayload {
    /// The story as it stands now, out or not.
    story: Option<Story>,
    /// The picture, whose address the text shows as `![title](url)`; null when it was refused.
    media: Option<Media>,
    /// The refusal; empty when there is none.
    user_errors: Vec<PictureUserError>,
}

/// The input of `removeStoryMedia`.
#[derive(InputObject)]
struct RemoveStoryMediaInput {
    /// The story.
    story_id: ID,
    /// The revision that the edit rests on.
    expected_revision: Long,
    /// The address of the picture, film or recording.
    url: String,
}

/// Changes of the media of stories.
#[derive(Default)]
pub(super) struct StoryMediaMutation;

#[Object]
impl StoryMediaMutation {
    /// Gives a story the picture that was uploaded, for its text to show: turned, shrunk and without its metadata. At
    /// most 40. One that was approved goes back to review. Needs an owner, organiser or editor.
    async fn add_story_picture(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story and the picture.")] input: AddStoryPictureInput,
    ) -> Result<AddStoryPicturePayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id: StoryId = node_id::decode(&app.hash_key, &input.story_id)?;
        let upload_id = node_id::decode(&app.hash_key, &input.upload_id)?;
        let upload = (upload_id, input.expected_revision.0);
        let by = (requester.viewer, &requester.client);
        let answer = Box::pin(app.add_story_picture(by, id, upload, &input.title)).await?;
        let (media, refused) = match answer {
            Ok(media) => (Media::new(app, &media), Ok(())),
            Err(rejections) => (None, Err(rejections)),
        };
        Box::pin(app.refresh_campaigns()).await?;
        let found = Box::pin(app.find_stories(requester.viewer, vec![id])).await?;
        let found = found.into_iter().next();
        Ok(AddStoryPicturePayload {
            story: found.map(|story| Story::on_own_page(ctx, story)),
            media,
            user_errors: picture_errors(ctx, refused),
        })
    }

    /// Takes a picture, film or recording away from a story; its text stays as it is. One that was approved goes back
    /// to review. Needs an owner, organiser or editor.
    async fn remove_story_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The story and the address.")] input: RemoveStoryMediaInput,
    ) -> Result<StoryPayload> {
        let (app, requester) = (app(ctx), requester(ctx));
        let id: StoryId = node_id::decode(&app.hash_key, &input.story_id)?;
        let desk = app.desk(requester.viewer, &requester.client)?;
        // Pictures that are stored here are kept by their paths.
        let stored = MediaFile::at(&input.url, app.public_url.as_deref());
        let url = stored.map_or(input.url, |file| file.address(None));
        let removing = desk.remove_story_media(id, input.expected_revision.0, &url);
        let answer = Box::pin(removing).await?;
        StoryPayload::of_change(ctx, id, answer).await
    }
}
