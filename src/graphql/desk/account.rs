//! The viewer's own account: password and second factor.

use async_graphql::{Context, Enum, InputObject, Object, Result, SimpleObject};

use super::user_error;
use crate::app::desk::AccountRefusal;
use crate::graphql::messages::Language;
use crate::graphql::{app, requester};
use crate::print::code::QrCode;

/// The reason why a change of an account was refused.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "AccountRefusal")]
pub(super) enum AccountErrorCode {
    /// The password is wrong.
    InvalidCredentials,
    /// Too many failures: try again in 15 minutes.
    TooManyAttempts,
    /// The new password is too short or too long.
    WeakPassword,
    /// The code is not the one of this moment.
    InvalidCode,
    /// There is no second factor to confirm.
    NotEnrolled,
    /// There is a second factor already.
    AlreadyEnrolled,
}

user_error! {
    /// A refusal of a change of an account.
    AccountUserError, AccountErrorCode
}

/// The input of `changePassword`.
#[derive(InputObject)]
struct ChangePasswordInput {
    /// The password until now.
    #[graphql(secret)]
    current_password: String,
    /// The new one: at least 12 characters.
    #[graphql(secret)]
    new_password: String,
}

/// The answer of `changePassword`.
#[derive(SimpleObject)]
struct ChangePasswordPayload {
    /// Whether it was changed. All sessions have ended then, this one too: sign in again.
    changed: bool,
    /// The refusal; empty when there is none.
    user_errors: Vec<AccountUserError>,
}

/// The input of `enrolSecondFactor`.
#[derive(InputObject)]
struct EnrolSecondFactorInput {
    /// The account's password.
    #[graphql(secret)]
    password: String,
}

/// The answer of `enrolSecondFactor`.
#[derive(SimpleObject)]
struct EnrolSecondFactorPayload {
    /// The secret to type into an authenticator; null when it was refused. It is shown this once.
    secret: Option<String>,
    /// The address to show as a code image, which an authenticator reads; null when it was refused.
    uri: Option<String>,
    /// The address as a code image: an SVG document; null when it was refused.
    code_image: Option<String>,
    /// The refusal; empty when there is none.
    user_errors: Vec<AccountUserError>,
}

/// The input of `confirmSecondFactor`.
#[derive(InputObject)]
struct ConfirmSecondFactorInput {
    /// The code that the authenticator shows.
    #[graphql(secret)]
    code: String,
}

/// The answer of `confirmSecondFactor`.
#[derive(SimpleObject)]
struct ConfirmSecondFactorPayload {
    /// Codes for a lost device, each good once; null when it was refused. They are shown this once.
    recovery_codes: Option<Vec<String>>,
    /// The refusal; empty when there is none.
    user_errors: Vec<AccountUserError>,
}

/// Changes of the viewer's own account.
#[derive(Default)]
pub(super) struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Gives the viewer a new password, and ends all its sessions. Needs staff.
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old password and the new one.")] input: ChangePasswordInput,
    ) -> Result<ChangePasswordPayload> {
        let (viewer, client) = (requester(ctx).viewer, &requester(ctx).client);
        let changing =
            app(ctx).change_password(viewer, client, input.current_password, input.new_password);
        Ok(match Box::pin(changing).await? {
            Ok(()) => ChangePasswordPayload {
                changed: true,
                user_errors: Vec::new(),
            },
            Err(rejections) => ChangePasswordPayload {
                changed: false,
                user_errors: AccountUserError::list(ctx, rejections, Language::account_refusal),
            },
        })
    }

    /// Makes the secret of a second factor, which is asked for once `confirmSecondFactor` has confirmed it. Needs
    /// staff.
    async fn enrol_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's password.")] input: EnrolSecondFactorInput,
    ) -> Result<EnrolSecondFactorPayload> {
        let (viewer, client) = (requester(ctx).viewer, &requester(ctx).client);
        let enrolling = app(ctx).enrol_second_factor(viewer, client, input.password);
        Ok(match Box::pin(enrolling).await? {
            Ok(enrolment) => EnrolSecondFactorPayload {
                secret: Some(enrolment.secret),
                code_image: QrCode::new(&enrolment.uri).map(|code| code.standalone()),
                uri: Some(enrolment.uri),
                user_errors: Vec::new(),
            },
            Err(rejections) => EnrolSecondFactorPayload {
                secret: None,
                uri: None,
                code_image: None,
                user_errors: AccountUserError::list(ctx, rejections, Language::account_refusal),
            },
        })
    }

    /// Confirms a second factor by a code of the authenticator: from now on it is asked for. Needs staff.
    async fn confirm_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code that the authenticator shows.")] input: ConfirmSecondFactorInput,
    ) -> Result<ConfirmSecondFactorPayload> {
        let (viewer, client) = (requester(ctx).viewer, &requester(ctx).client);
        let confirming = app(ctx).confirm_second_factor(viewer, client, &input.code);
        Ok(match Box::pin(confirming).await? {
            Ok(codes) => ConfirmSecondFactorPayload {
                recovery_codes: Some(codes),
                user_errors: Vec::new(),
            },
            Err(rejections) => ConfirmSecondFactorPayload {
                recovery_codes: None,
                user_errors: AccountUserError::list(ctx, rejections, Language::account_refusal),
            },
        })
    }
}
