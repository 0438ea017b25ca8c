//! The ways in of voters.

use async_graphql::Enum;

use crate::domain::identity as kinds;

/// A kind of voters, by how they sign in.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "kinds::IdentityKind")]
pub(in crate::graphql) enum IdentityKind {
    /// By a device id, without an account of a platform.
    Guest,
    /// Through the mini-program of `WeChat` (微信).
    WechatMiniProgram,
    /// On a web page, through an official account of `WeChat` (公众号).
    WechatWeb,
    /// Through the mini-program of Douyin (抖音).
    Douyin,
    /// Through the mini-program of Alipay (支付宝).
    Alipay,
    /// By a telephone number.
    Phone,
    /// By an account of the `OpenID` provider that this server is set up for.
    Oidc,
}
