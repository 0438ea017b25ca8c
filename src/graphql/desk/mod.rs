//! The desk in the API: what organisers read and change. Every change passes the door of [`crate::app::desk`].

mod account;
mod campaign_inputs;
mod campaigns;
mod cases;
mod exports;
mod imports;
mod members;
mod messages;
mod nominees;
mod reports;
mod stories;
mod story_errors;
mod story_media;
mod uploads;
mod withholding;

use async_graphql::{Context, ID, MergedObject, Object, Result};

use self::account::AccountMutation;
pub(super) use self::account::AccountUserError;
use self::campaigns::CampaignMutation;
pub(super) use self::campaigns::CampaignUserError;
use self::cases::SignalCaseMutation;
pub(super) use self::cases::SignalCaseUserError;
use self::exports::ExportMutation;
pub(super) use self::exports::ExportUserError;
use self::imports::ImportMutation;
pub(super) use self::imports::{ApplyImportUserError, CreateImportUserError};
use self::members::MemberMutation;
pub(super) use self::members::{MemberUserError, OrganisationUserError};
use self::nominees::NomineeMutation;
pub(super) use self::nominees::NomineeUserError;
use self::reports::ReportMutation;
pub(super) use self::reports::ReportUserError;
use self::stories::StoryMutation;
pub(super) use self::story_errors::StoryUserError;
use self::story_media::StoryMediaMutation;
use self::uploads::UploadMutation;
pub(super) use self::uploads::{PictureUserError, UploadUserError};
use self::withholding::WithholdingMutation;
pub(super) use self::withholding::WithholdingUserError;
use super::messages::Language;
use super::types::{Organisation, list_own_organisations};
use super::{Nullable, app, node_id, requester};
use crate::app::desk::Rejection;
use crate::error::Error;

/// A refusal of a mutation at the desk, with codes of its own.
macro_rules! user_error {
    ($(#[$doc:meta])* $name:ident, $code:ident) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject, Clone)]
        pub(in crate::graphql) struct $name {
            /// The reason.
            code: $code,
            /// A text for people, in the language of the request.
            pub(in crate::graphql) message: String,
            /// The part of the input that it is about.
            pub(in crate::graphql) path: Option<Vec<String>>,
        }

        impl $name {
            /// The errors of rejections, with the text that `message` has for each.
            fn list<W: Copy + Into<$code>>(
                ctx: &async_graphql::Context<'_>,
                rejections: Vec<crate::app::desk::Rejection<W>>,
                message: impl Fn(crate::graphql::messages::Language, W) -> &'static str,
            ) -> Vec<Self> {
                let errors = crate::graphql::desk::user_errors(ctx, rejections, message);
                errors
                    .map(|(why, message, path)| Self { code: why.into(), message, path })
                    .collect()
            }
        }
    };
}
use user_error;

/// Reason, text and path of each rejection.
fn user_errors<W: Copy>(
    ctx: &Context<'_>,
    rejections: Vec<Rejection<W>>,
    message: impl Fn(Language, W) -> &'static str,
) -> impl Iterator<Item = (W, String, Option<Vec<String>>)> {
    let language = requester(ctx).language;
    rejections.into_iter().map(move |rejection| {
        let path = rejection
            .field
            .map(|field| vec!["input".to_owned(), field.to_owned()]);
        (
            rejection.why,
            message(language, rejection.why).to_owned(),
            path,
        )
    })
}

/// The fields that organisers read.
#[derive(Default)]
pub(super) struct DeskQuery;

/// Objects and lists for members of organisations.
#[Object]
impl DeskQuery {
    /// An organisation that the viewer is a member of, by id or by slug: give exactly one.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its name in addresses.")] slug: Option<String>,
    ) -> Nullable<Organisation> {
        find_organisation(ctx, id, slug).transpose()
    }

    /// The organisations that the viewer is a member of, by their names in addresses.
    async fn organisations(&self, ctx: &Context<'_>) -> Vec<Organisation> {
        list_own_organisations(ctx)
    }
}

fn find_organisation(
    ctx: &Context<'_>,
    id: Option<ID>,
    slug: Option<String>,
) -> Result<Option<Organisation>> {
    let (app, viewer) = (app(ctx), requester(ctx).viewer);
    Ok(match (id, slug) {
        (Some(id), None) => {
            let id = node_id::decode(&app.hash_key, &id)?;
            Organisation::find(app, viewer, |directory| directory.find(id))
        }
        (None, Some(slug)) => {
            Organisation::find(app, viewer, |directory| directory.find_by_slug(&slug))
        }
        _ => return Err(Error::BadUserInput("Give either id or slug.".into()).into()),
    })
}

/// The changes that organisers make.
#[derive(MergedObject, Default)]
pub(super) struct DeskMutation(
    MemberMutation,
    AccountMutation,
    CampaignMutation,
    WithholdingMutation,
    SignalCaseMutation,
    NomineeMutation,
    StoryMutation,
    StoryMediaMutation,
    UploadMutation,
    ImportMutation,
    ExportMutation,
    ReportMutation,
);
