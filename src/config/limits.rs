//! The settings of limits.

use clap::Args;

use crate::hot::{Limits, Rate};

/// One setting for each limited action: tokens a second, a slash, the burst.
#[derive(Debug, Clone, Args)]
pub struct LimitSettings {
    /// Casts of a voter
    #[arg(long, env = "ACCLAIM_LIMIT_CAST", default_value = "5/20")]
    pub limit_cast: Rate,
    /// Likes of a voter
    #[arg(long, env = "ACCLAIM_LIMIT_LIKE", default_value = "5/20")]
    pub limit_like: Rate,
    /// Reports of views of a voter, or of a device
    #[arg(long, env = "ACCLAIM_LIMIT_VIEWS", default_value = "10/50")]
    pub limit_views: Rate,
    /// Reports of views of those who have not signed in, from an address, which may stand for 20,000 of them
    #[arg(
        long,
        env = "ACCLAIM_LIMIT_ANONYMOUS_VIEWS",
        default_value = "2000/20000"
    )]
    pub limit_anonymous_views: Rate,
    /// Sign-ins and refreshes of a person, who costs an address nothing
    #[arg(long, env = "ACCLAIM_LIMIT_SIGN_IN", default_value = "1/20")]
    pub limit_sign_in: Rate,
    /// New guests from an address, which may stand for 20,000 voters
    #[arg(long, env = "ACCLAIM_LIMIT_NEW_GUEST", default_value = "200/2000")]
    pub limit_new_guest: Rate,
    /// Refresh tokens from an address that are not good, in each process
    #[arg(long, env = "ACCLAIM_LIMIT_FAILED_REFRESH", default_value = "5/100")]
    pub limit_failed_refresh: Rate,
    /// Login codes from an address that the platform does not know, in each process
    #[arg(long, env = "ACCLAIM_LIMIT_FAILED_CODE", default_value = "5/100")]
    pub limit_failed_code: Rate,
    /// Codes that are sent to telephones by text message, for an address
    #[arg(long, env = "ACCLAIM_LIMIT_PHONE_CODE", default_value = "0.2/60")]
    pub limit_phone_code: Rate,
    /// Staff sign-ins from an address
    #[arg(long, env = "ACCLAIM_LIMIT_STAFF_SIGN_IN", default_value = "1/10")]
    pub limit_staff_sign_in: Rate,
    /// Cost of the operations of a voter who has signed in, in each process
    #[arg(long, env = "ACCLAIM_LIMIT_QUERY", default_value = "2000/20000")]
    pub limit_query: Rate,
    /// Cost of the operations of a member of staff, whose desk asks for more than a voter's page, in each process
    #[arg(long, env = "ACCLAIM_LIMIT_STAFF", default_value = "10000/200000")]
    pub limit_staff: Rate,
    /// Cost of the operations of those who have not, from an address, in each process
    #[arg(
        long,
        env = "ACCLAIM_LIMIT_ANONYMOUS_QUERY",
        default_value = "25000/1000000"
    )]
    pub limit_anonymous_query: Rate,
    /// New voters of a network block (a /24, or a /48 of IPv6) who cast, in each process: those above it are challenged
    /// harder, or challenged where a campaign challenges the suspicious, and never refused
    #[arg(long, env = "ACCLAIM_LIMIT_NEW_VOTER", default_value = "5/1000")]
    pub limit_new_voter: Rate,
}

impl LimitSettings {
    /// The rates.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            cast: self.limit_cast,
            like: self.limit_like,
            views: self.limit_views,
            anonymous_views: self.limit_anonymous_views,
            sign_in: self.limit_sign_in,
            new_guest: self.limit_new_guest,
            failed_refresh: self.limit_failed_refresh,
            failed_code: self.limit_failed_code,
            phone_code: self.limit_phone_code,
            staff_sign_in: self.limit_staff_sign_in,
            query: self.limit_query,
            staff: self.limit_staff,
            anonymous_query: self.limit_anonymous_query,
            new_voter: self.limit_new_voter,
        }
    }
}
