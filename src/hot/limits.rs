//! The limited actions with their rates, and the token bucket (GCRA, the generic cell rate algorithm of ITU-T I.371).

use std::net::IpAddr;
use std::time::Duration;

use uuid::Uuid;

use crate::id::{StaffId, VoterId};

/// An action that a caller may do only so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Casting votes, by voter.
    Cast,
    /// Liking, by voter.
    Like,
    /// Reporting views, by voter or device.
    Views,
    /// Reporting views of those who have not signed in, by address, which may be a carrier's.
    AnonymousViews,
    /// Sessions and refreshes of one person, by voter or member of staff.
    SignIn,
    /// Guests that are new, by address: a carrier's one address can stand for 20,000 voters.
    NewGuest,
    /// Refresh tokens that are not good, by address.
    FailedRefresh,
    /// Login codes that the platform does not know, by address.
    FailedCode,
    /// Codes that are sent to telephones, by address.
    PhoneCode,
    /// Signing in as staff, by address.
    StaffSignIn,
    /// The cost of all operations of a voter who has signed in.
    Query,
    /// The cost of all operations of a member of staff.
    Staff,
    /// The cost of all operations of callers who have not, by address, which may be a carrier's.
    AnonymousQuery,
    /// Voters that are new, by network block: none is refused, those above the rate are challenged.
    NewVoter,
}

impl Action {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 14] = [
        Self::Cast,
        Self::Like,
        Self::Views,
        Self::AnonymousViews,
        Self::SignIn,
        Self::NewGuest,
        Self::FailedRefresh,
        Self::FailedCode,
        Self::PhoneCode,
        Self::StaffSignIn,
        Self::Query,
        Self::Staff,
        Self::AnonymousQuery,
        Self::NewVoter,
    ];

    /// Its name in keys, metrics and the `RateLimit` header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cast => "cast",
            Self::Like => "like",
            Self::Views => "views",
            Self::AnonymousViews => "anonymous-views",
            Self::SignIn => "sign-in",
            Self::NewGuest => "new-guest",
            Self::FailedRefresh => "failed-refresh",
            Self::FailedCode => "failed-code",
            Self::PhoneCode => "phone-code",
            Self::StaffSignIn => "staff-sign-in",
            Self::Query => "query",
            Self::Staff => "staff",
            Self::AnonymousQuery => "anonymous-query",
            Self::NewVoter => "new-voter",
        }
    }
}

/// A rate: `per_second` in the long run, `burst` at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Tokens that come back each second.
    pub per_second: f64,
    /// Tokens that a full bucket holds.
    pub burst: u32,
}

impl Rate {
    /// Microseconds in which one token comes back.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "rates are checked to be positive"
    )]
    pub(super) fn interval_us(self) -> u64 {
        (1_000_000.0 / self.per_second).round().max(1.0) as u64
    }

    /// Microseconds in which an empty bucket fills.
    #[must_use]
    pub fn burst_us(self) -> u64 {
        self.interval_us() * u64::from(self.burst)
    }
}

impl std::str::FromStr for Rate {
    type Err = String;

    /// Reads `5/20`: 5 a second, 20 at once.
    fn from_str(text: &str) -> Result<Self, String> {
        parse_rate(text).ok_or_else(|| {
            "write a rate as tokens a second, a slash and the burst, such as 5/20".to_owned()
        })
    }
}

fn parse_rate(text: &str) -> Option<Rate> {
    let (per_second, burst) = text.split_once('/')?;
    let rate = Rate {
        per_second: per_second.trim().parse().ok()?,
        burst: burst.trim().parse().ok()?,
    };
    // Slower than one a day or larger than a million is a slip, and would not fit a script's numbers.
    let is_sane = (1.0 / 86_400.0..=1e6).contains(&rate.per_second);
    (is_sane && (1..=1_000_000).contains(&rate.burst)).then_some(rate)
}

/// The rate of every limited action.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The rate of [`Action::Cast`].
    pub cast: Rate,
    /// The rate of [`Action::Like`].
    pub like: Rate,
    /// The rate of [`Action::Views`].
    pub views: Rate,
    /// The rate of [`Action::AnonymousViews`].
    pub anonymous_views: Rate,
    /// The rate of [`Action::SignIn`].
    pub sign_in: Rate,
    /// The rate of [`Action::NewGuest`].
    pub new_guest: Rate,
    /// The rate of [`Action::FailedRefresh`].
    pub failed_refresh: Rate,
    /// The rate of [`Action::FailedCode`].
    pub failed_code: Rate,
    /// The rate of [`Action::PhoneCode`].
    pub phone_code: Rate,
    /// The rate of [`Action::StaffSignIn`].
    pub staff_sign_in: Rate,
    /// The rate of [`Action::Query`].
    pub query: Rate,
    /// The rate of [`Action::Staff`].
    pub staff: Rate,
    /// The rate of [`Action::AnonymousQuery`].
    pub anonymous_query: Rate,
    /// The rate of [`Action::NewVoter`].
    pub new_voter: Rate,
}

impl Limits {
    /// The rate of `action`.
    #[must_use]
    pub fn of(&self, action: Action) -> Rate {
        match action {
            Action::Cast => self.cast,
            Action::Like => self.like,
            Action::Views => self.views,
            Action::AnonymousViews => self.anonymous_views,
            Action::SignIn => self.sign_in,
            Action::NewGuest => self.new_guest,
            Action::FailedRefresh => self.failed_refresh,
            Action::FailedCode => self.failed_code,
            Action::PhoneCode => self.phone_code,
            Action::StaffSignIn => self.staff_sign_in,
            Action::Query => self.query,
            Action::Staff => self.staff,
            Action::AnonymousQuery => self.anonymous_query,
            Action::NewVoter => self.new_voter,
        }
    }

    /// The rate of the action of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Rate> {
        let action = Action::ALL
            .into_iter()
            .find(|action| action.name() == name)?;
        Some(self.of(action))
    }
}

/// The owner of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BucketOwner {
    /// A voter.
    Voter(VoterId),
    /// A member of staff.
    Staff(StaffId),
    /// A device at an address, by its keyed hash.
    Device([u8; 16]),
    /// A network address; an IPv6 one stands for its /64, which one household can use up.
    Address(IpAddr),
    /// A network block, of an address in it: a /24, or a /48 of IPv6.
    Block(IpAddr),
}

impl BucketOwner {
    /// 128 bits that name it.
    #[must_use]
    pub fn key(self) -> Uuid {
        match self {
            Self::Voter(id) => id.0,
            Self::Staff(id) => id.0,
            Self::Device(hash) => Uuid::from_bytes(hash),
            Self::Address(IpAddr::V4(ip)) => Uuid::from_u128(ip.to_ipv6_mapped().to_bits()),
            Self::Address(IpAddr::V6(ip)) => Uuid::from_u128(ip.to_bits() >> 64 << 64),
            Self::Block(IpAddr::V4(ip)) => Uuid::from_u128(ip.to_ipv6_mapped().to_bits() >> 8 << 8),
            Self::Block(IpAddr::V6(ip)) => Uuid::from_u128(ip.to_bits() >> 80 << 80),
        }
    }
}

/// Takes tokens at `now_us` from the bucket whose theoretical arrival time is `tat_us`; returns the new one. What costs
/// more than a full bucket empties it.
///
/// # Errors
/// The time until the tokens are there.
pub(super) fn take(rate: Rate, tokens: u32, tat_us: u64, now_us: u64) -> Result<u64, Duration> {
    let tokens = u64::from(tokens.min(rate.burst));
    let next = tat_us.max(now_us) + rate.interval_us() * tokens;
    let allowed_at = next.saturating_sub(rate.burst_us());
    if allowed_at > now_us {
        Err(Duration::from_micros(allowed_at - now_us))
    } else {
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_its_burst_and_then_its_rate() {
        let rate: Rate = "5/20".parse().expect("a rate");
        let (mut tat, start) = (0, 1_000_000_000);
        for _ in 0..20 {
            tat = take(rate, 1, tat, start).expect("within the burst");
        }
        assert_eq!(take(rate, 1, tat, start), Err(Duration::from_millis(200)));
        tat = take(rate, 1, tat, start + 200_000).expect("one token came back");
        assert_eq!(
            take(rate, 1, tat, start + 399_999),
            Err(Duration::from_micros(1))
        );
        assert!(take(rate, 1, tat, start + 400_000).is_ok());
    }

    #[test]
    fn a_bucket_is_never_fuller_than_its_burst() {
        let rate: Rate = "10/3".parse().expect("a rate");
        let (mut tat, now) = (0, u64::from(u32::MAX) * 1_000_000);
        for _ in 0..3 {
            tat = take(rate, 1, tat, now).expect("within the burst");
        }
        assert!(take(rate, 1, tat, now).is_err());
    }

    #[test]
    fn many_tokens_are_taken_at_once() {
        let rate: Rate = "10/100".parse().expect("a rate");
        let start = 1_000_000_000;
        let tat = take(rate, 70, 0, start).expect("within the burst");
        assert_eq!(take(rate, 40, tat, start), Err(Duration::from_secs(1)));
        assert!(take(rate, 30, tat, start).is_ok());
        let full = start + 7_000_000;
        assert!(take(rate, 5_000, tat, full - 1).is_err());
        let emptied = take(rate, 5_000, tat, full).expect("a full bucket");
        assert!(take(rate, 1, emptied, full).is_err());
    }

    #[test]
    fn a_rate_is_two_positive_numbers() {
        for text in [
            "",
            "5",
            "0/5",
            "5/0",
            "-1/5",
            "inf/5",
            "NaN/5",
            "5/5/5",
            "a/b",
            "0.000001/1",
            "1/4294967295",
        ] {
            assert!(text.parse::<Rate>().is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn a_rate_is_found_by_the_name_of_its_action() {
        let rate = |burst| Rate {
            per_second: 1.0,
            burst,
        };
        let limits = Limits {
            cast: rate(1),
            like: rate(2),
            views: rate(3),
            anonymous_views: rate(4),
            sign_in: rate(5),
            new_guest: rate(6),
            failed_refresh: rate(7),
            failed_code: rate(8),
            phone_code: rate(9),
            staff_sign_in: rate(10),
            query: rate(11),
            staff: rate(12),
            anonymous_query: rate(13),
            new_voter: rate(14),
        };
        let found = Action::ALL.map(|action| limits.find(action.name()).map(|rate| rate.burst));
        assert_eq!(
            found,
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map(Some)
        );
        assert_eq!(limits.find("another"), None);
    }

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let key = |text: &str| BucketOwner::Address(text.parse().expect("an address")).key();
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::2"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn addresses_of_one_block_share_a_bucket() {
        let key = |text: &str| BucketOwner::Block(text.parse().expect("an address")).key();
        assert_eq!(key("192.0.2.1"), key("192.0.2.254"));
        assert_ne!(key("192.0.2.1"), key("192.0.3.1"));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:ffff::2"));
        assert_ne!(key("2001:db8:1::1"), key("2001:db8:2::1"));
    }
}
