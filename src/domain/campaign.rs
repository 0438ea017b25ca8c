//! A campaign: its rules and the phase it is in.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::identity::{IdentityKind, IdentityKinds};
use super::media::{MediaName, Picture};
use crate::id::{CampaignId, CategoryId, OrganisationId, ScopeId};

/// The part of a campaign's state that the organiser moves; the clock does the rest (see [`Phase`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Lifecycle {
    /// Being prepared; seen by its organisation only.
    Draft,
    /// Public; upcoming, voting or ended by the clock.
    Running,
    /// The result is out.
    Published,
    /// Kept for the record.
    Archived,
}

/// The phase of a campaign at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Being prepared; seen by its organisation only.
    Draft,
    /// Announced; voting has not opened.
    Upcoming,
    /// Voting is open.
    Voting,
    /// Voting is open, and votes are refused until further notice.
    Paused,
    /// Voting has closed; the result is not out.
    Ended,
    /// The result is out.
    Published,
    /// Kept for the record.
    Archived,
}

/// The time that a quota lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuotaPeriod {
    /// It is granted anew at midnight in the campaign's time zone.
    Day,
    /// It is granted once.
    Campaign,
}

/// The part of a campaign that a quota counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum QuotaScope {
    /// One quota for the whole campaign.
    Campaign,
    /// One quota for each category.
    Category,
}

/// The audience of a tally, and from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TallyVisibility {
    /// Everybody, at all times.
    Live,
    /// Everybody, once voting has closed.
    AfterClose,
    /// Staff only.
    StaffOnly,
}

/// The voters who have to solve a challenge before a vote of theirs is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChallengePolicy {
    /// Nobody.
    Never,
    /// Guests.
    Guests,
    /// Guests, and whoever is suspicious.
    Suspicious,
    /// Everybody.
    Always,
}

impl Phase {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Upcoming => "UPCOMING",
            Self::Voting => "VOTING",
            Self::Paused => "PAUSED",
            Self::Ended => "ENDED",
            Self::Published => "PUBLISHED",
            Self::Archived => "ARCHIVED",
        }
    }
}

impl Lifecycle {
    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Running => "RUNNING",
            Self::Published => "PUBLISHED",
            Self::Archived => "ARCHIVED",
        }
    }
}

impl QuotaPeriod {
    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Campaign => "CAMPAIGN",
        }
    }
}

impl QuotaScope {
    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Campaign => "CAMPAIGN",
            Self::Category => "CATEGORY",
        }
    }
}

impl TallyVisibility {
    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "LIVE",
            Self::AfterClose => "AFTER_CLOSE",
            Self::StaffOnly => "STAFF_ONLY",
        }
    }
}

impl ChallengePolicy {
    /// Its name in the API and in the audit log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "NEVER",
            Self::Guests => "GUESTS",
            Self::Suspicious => "SUSPICIOUS",
            Self::Always => "ALWAYS",
        }
    }
}

/// A public selection with its rules.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// The organisation that runs it.
    pub organisation_id: OrganisationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// A few sentences on its subject.
    pub summary: String,
    /// Address of a picture elsewhere.
    pub cover_url: Option<String>,
    /// A picture that is stored here, which goes before one elsewhere.
    pub cover_media: Option<MediaName>,
    /// IANA name of the time zone whose days its quota follows.
    #[sqlx(try_from = "String")]
    pub time_zone: TimeZone,
    /// The part of its state that the organiser has declared.
    pub lifecycle: Lifecycle,
    /// The first moment at which a vote counts.
    pub voting_opens_at: DateTime<Utc>,
    /// The first moment at which a vote counts no more.
    pub voting_closes_at: DateTime<Utc>,
    /// The time that a quota lasts.
    pub quota_period: QuotaPeriod,
    /// The part of the campaign that a quota counts in.
    pub quota_scope: QuotaScope,
    /// Votes a voter has in a period and scope.
    pub votes_per_period: i64,
    /// The audience of the tally, and from when on.
    pub tally_visibility: TallyVisibility,
    /// Whether voters without an account of a platform may vote.
    pub guests_may_vote: bool,
    /// The accounts that may vote: ways in other than a guest's, at least one.
    #[sqlx(try_from = "String")]
    pub admits: IdentityKinds,
    /// The voters who are challenged.
    pub challenge: ChallengePolicy,
    /// The time from which votes are refused until further notice.
    pub paused_at: Option<DateTime<Utc>>,
    /// Moves with every edit of the campaign and its categories.
    pub edit_revision: i64,
    /// Moves with every change of the campaign, its categories and nominees.
    pub revision: i64,
    /// Moves with every change of what decides on a vote: the rules, the state, a nominee's status and category.
    pub rules_revision: i64,
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeZone(pub Tz);

impl TryFrom<String> for TimeZone {
    type Error = chrono_tz::ParseError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse().map(Self)
    }
}

impl Campaign {
    /// Its picture.
    #[must_use]
    pub fn cover(&self) -> Picture<'_> {
        Picture::new(self.cover_media.as_ref(), self.cover_url.as_deref())
    }

    /// The phase at `now`.
    #[must_use]
    pub fn phase(&self, now: DateTime<Utc>) -> Phase {
        match self.lifecycle {
            Lifecycle::Draft => Phase::Draft,
            Lifecycle::Running if now < self.voting_opens_at => Phase::Upcoming,
            Lifecycle::Running if now < self.voting_closes_at => {
                if self.paused_at.is_some_and(|paused_at| paused_at <= now) {
                    Phase::Paused
                } else {
                    Phase::Voting
                }
            }
            Lifecycle::Running => Phase::Ended,
            Lifecycle::Published => Phase::Published,
            Lifecycle::Archived => Phase::Archived,
        }
    }

    /// The ways in that may vote.
    #[must_use]
    pub fn admitted(&self) -> IdentityKinds {
        if self.guests_may_vote {
            self.admits.union(IdentityKind::Guest.into())
        } else {
            self.admits
        }
    }

    /// Whether the public sees the tally at `now`.
    #[must_use]
    pub fn tally_is_public(&self, now: DateTime<Utc>) -> bool {
        match self.tally_visibility {
            _ if self.lifecycle == Lifecycle::Draft => false,
            TallyVisibility::Live => true,
            TallyVisibility::AfterClose => !matches!(
                self.phase(now),
                Phase::Draft | Phase::Upcoming | Phase::Voting | Phase::Paused
            ),
            TallyVisibility::StaffOnly => false,
        }
    }

    /// The scope of the quota of a vote in `category`.
    #[must_use]
    pub fn scope(&self, category: CategoryId) -> ScopeId {
        match self.quota_scope {
            QuotaScope::Campaign => self.id.into(),
            QuotaScope::Category => category.into(),
        }
    }
}

/// A group of nominees that are ranked against each other.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// The campaign it belongs to.
    pub campaign_id: CampaignId,
    /// A short name for programs.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// How many of its nominees the public's selection takes.
    pub shortlist_size: i64,
}
