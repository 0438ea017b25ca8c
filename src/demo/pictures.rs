//! The demo's pictures: drawn portraits, which are nobody's, of the nominees who are nobody either, and covers. They
//! come in as an organiser's pictures do: a link, a file, an edit.

use std::io::Write as _;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::fs::File;

use super::{Maker, refused, sheets};
use crate::app::desk::PictureEdit;
use crate::app::uploads::UploadRefusal;
use crate::domain::media::UploadPurpose;
use crate::domain::nominee::Nominee;
use crate::domain::story::Story;
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger::roster;

/// Pictures on their way at once: while some are drawn, others are written.
pub(super) const AT_ONCE: usize = 4;

/// The pictures of a folder, by their numbers.
macro_rules! pictures {
    ($folder:literal: $($number:literal)*) => {
        &[$(($number, include_bytes!(concat!($folder, "/", $number, ".webp")))),*]
    };
}

/// Portraits by the numbers of nominees: 1, 40 and 73 are real, and no drawing's.
const PORTRAITS: &[(i64, &[u8])] = pictures! { "portraits":
    2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34
    35 36 37 38 39 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66
    67 68 69 70 71 72 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98
    99 100
};

/// The covers of the stories, by their places in the sheet.
const STORY_COVERS: &[(usize, &[u8])] = pictures! { "covers":
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34
    35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60
};

/// The campaign's cover.
const COVER: &[u8] = include_bytes!("covers/campaign.webp");

impl Maker<'_> {
    /// Hangs the covers over the stories.
    pub(super) async fn hang_covers(&self, drafts: &[Story]) -> Result<()> {
        let headlines = sheets::headlines()?;
        let headlines = &headlines;
        let hanging = STORY_COVERS.iter().map(|&(place, bytes)| async move {
            let headline = headlines.get(place - 1);
            let draft = drafts.iter().find(|draft| Some(&draft.title) == headline);
            let draft = draft.ok_or_else(|| Error::internal("a cover of no story"))?;
            let revision = draft.review.edit_revision;
            let Some(picture) = self.upload(bytes, revision).await? else {
                return Ok(());
            };
            let by = (self.owner, &self.client);
            let hung = self.app.set_story_cover(by, draft.id, picture).await?;
            hung.map_err(refused("a cover"))
        });
        stream::iter(hanging)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Hangs the cover over the campaign and the drawn portraits beside the names.
    pub(super) async fn hang_pictures(&self, id: CampaignId) -> Result<()> {
        let roster = roster::find_roster(&self.app.database, id).await?.roster;
        let roster = roster.ok_or_else(|| Error::internal("the demo's campaign is gone"))?;
        let revision = roster.campaign().edit_revision;
        if let Some(picture) = self.upload(COVER, revision).await? {
            let by = (self.owner, &self.client);
            let hung = self.app.set_campaign_cover(by, id, picture).await?;
            hung.map_err(refused("its cover"))?;
        }
        let nominees = roster.nominees();
        let hanging = PORTRAITS.iter().map(|&(number, bytes)| async move {
            let nominee = nominees.iter().find(|nominee| nominee.number == number);
            let nominee = nominee.ok_or_else(|| Error::internal("a portrait of nobody"))?;
            self.hang_portrait(nominee, bytes).await
        });
        stream::iter(hanging)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
    }

    async fn hang_portrait(&self, nominee: &Nominee, bytes: &[u8]) -> Result<()> {
        let Some(picture) = self.upload(bytes, nominee.edit_revision).await? else {
            return Ok(());
        };
        let by = (self.owner, &self.client);
        let hung = self.app.set_nominee_portrait(by, nominee.id, picture);
        hung.await?.map_err(refused("a portrait"))
    }

    /// Uploads a picture, for an object of this revision to show; none where there is no store, which the demo does
    /// without.
    async fn upload(&self, bytes: &[u8], expected_revision: i64) -> Result<Option<PictureEdit>> {
        let by = (self.owner, &self.client);
        let length = i64::try_from(bytes.len()).map_err(Error::internal)?;
        let purpose = UploadPurpose::Picture;
        let creating = self
            .app
            .create_upload_for(by, self.organisation_id, purpose, length);
        let link = match creating.await? {
            Ok(link) => link,
            Err(why) if why[0].why == UploadRefusal::NoStore => return Ok(None),
            Err(why) => return Err(refused("a link")(why)),
        };
        let token = link.path.rsplit('/').next().unwrap_or_default();
        let upload = self.app.find_upload_to_receive(token).await?;
        let upload = upload.map_err(refused("a file"))?;
        let mut file = tempfile::tempfile().map_err(Error::internal)?;
        file.write_all(bytes).map_err(Error::internal)?;
        let mut file = File::from_std(file);
        let received = self.app.receive_upload(&upload, &mut file).await?;
        received.map_err(refused("a file"))?;
        Ok(Some(PictureEdit {
            expected_revision,
            upload_id: Some(link.id),
        }))
    }
}
