//! Signing in by a telephone number.

use async_graphql::{Context, InputObject, SimpleObject};

use super::scalars::Timestamp;
use super::sign_in::{MiniProgramPlatform, SignInPayload, SignInUserError};
use crate::app::phone::CodeAnswer;
use crate::app::sign_in::{SignInAnswer, SignInRefusal};

/// The input of `requestPhoneCode`.
#[derive(InputObject)]
pub(in crate::graphql) struct RequestPhoneCodeInput {
    /// The telephone number: `+` and the country's code, or the 11 digits of one in mainland China. Spaces and dashes
    /// do not matter.
    #[graphql(secret)]
    pub(in crate::graphql) phone: String,
}

/// The answer of `requestPhoneCode`. It is the same whether or not somebody has signed in with the number before.
#[derive(SimpleObject)]
pub(in crate::graphql) struct RequestPhoneCodePayload {
    /// When the code is good no more, in five minutes; null when none was sent.
    expires_at: Option<Timestamp>,
    /// When another code may be asked for; null where waiting does not help.
    retry_at: Option<Timestamp>,
    /// The refusal; empty when there is none.
    user_errors: Vec<SignInUserError>,
}

impl RequestPhoneCodePayload {
    /// The payload of an answer.
    pub(in crate::graphql) fn new(ctx: &Context<'_>, answer: CodeAnswer) -> Self {
        match answer {
            Ok(sent) => Self {
                expires_at: Some(Timestamp(sent.expires_at)),
                retry_at: Some(Timestamp(sent.retry_at)),
                user_errors: Vec::new(),
            },
            Err(refusal) => Self {
                expires_at: None,
                retry_at: refusal.retry_at.map(Timestamp),
                user_errors: vec![SignInUserError::new(ctx, Some("phone"), refusal.why)],
            },
        }
    }
}

/// The input of `signInPhone`.
#[derive(InputObject)]
pub(in crate::graphql) struct SignInPhoneInput {
    /// The telephone number that the code was sent to.
    #[graphql(secret)]
    pub(in crate::graphql) phone: String,
    /// The code: six digits, good once, for five minutes and five tries. After those only a new code helps.
    #[graphql(secret)]
    pub(in crate::graphql) code: String,
}

/// The input of `signInMiniProgramPhone`.
#[derive(InputObject)]
pub(in crate::graphql) struct SignInMiniProgramPhoneInput {
    /// The platform.
    pub(in crate::graphql) platform: MiniProgramPlatform,
    /// The code that the platform's phone button gave the mini-program (`getPhoneNumber`), not that of `wx.login`: good
    /// once, for minutes.
    #[graphql(secret)]
    pub(in crate::graphql) code: String,
}

impl SignInPayload {
    /// The payload of an answer to a number and its code.
    pub(in crate::graphql) fn of_phone(ctx: &Context<'_>, answer: SignInAnswer) -> Self {
        let is_about_number = matches!(answer, Err(SignInRefusal::InvalidPhone));
        let field = if is_about_number { "phone" } else { "code" };
        Self::new(ctx, Some(field), answer)
    }
}
