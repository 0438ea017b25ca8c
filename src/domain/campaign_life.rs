//! The life of a campaign: which step may come next, and what may still be changed. From the first vote on the rules
//! are fixed, so that nobody can say that they were made for a result; what may be amended then is told to the public
//! with its reason.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use super::campaign::{
    Campaign, ChallengePolicy, Lifecycle, Phase, QuotaPeriod, QuotaScope, TallyVisibility,
};
use super::change::Changes;
use super::field::{TextBounds, check_text};
use super::identity::{IdentityKind, IdentityKinds};
use super::organisation::is_slug;

/// Characters of a campaign's title at most.
pub const TITLE_CHARS_MAX: usize = 200;
/// Characters of a campaign's summary at most.
pub const SUMMARY_CHARS_MAX: usize = 2_000;
/// Votes of a period at most.
pub const VOTES_MAX: i64 = 1_000;
/// A time that is so little past may have been meant for now.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);
/// The years that a campaign's times may be in: those that calendars and databases agree on.
const YEARS: std::ops::Range<i32> = 2000..3000;

/// A step of a campaign's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The draft becomes public.
    Announce,
    /// Votes are refused until further notice.
    Pause,
    /// Votes are taken again.
    Resume,
    /// Voting closes later than was said.
    Extend(DateTime<Utc>),
    /// Voting closes now.
    Close,
    /// The result is out.
    Publish,
    /// The campaign is kept for the record.
    Archive,
}

/// The reason why a campaign was not made or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignRefusal {
    /// The name in addresses is none.
    InvalidSlug,
    /// The name in addresses is taken.
    SlugTaken,
    /// The title is empty, too long, or has characters that cannot be printed.
    InvalidTitle,
    /// The summary is too long, or has characters that cannot be printed.
    InvalidSummary,
    /// The time zone is unknown.
    InvalidTimeZone,
    /// The quota is out of its bounds.
    InvalidQuota,
    /// The kinds of voters that are admitted are not those that can be.
    InvalidAdmits,
    /// The opening is not before the closing, or an extension not after it.
    TimesOutOfOrder,
    /// The time is past.
    TimePast,
    /// The campaign is in a phase in which this cannot be done.
    WrongPhase,
    /// It cannot be changed any more after the first vote.
    FixedAfterFirstVote,
    /// It cannot be changed any more once the campaign is public.
    FixedOnceAnnounced,
    /// A quota may be raised, and never lowered, after the first vote.
    QuotaLowered,
    /// A reason is missing, or too long: the public reads it.
    ReasonRequired,
    /// There is no category, or none with a nominee.
    NotReady,
    /// The key of a category is none, or stands twice.
    InvalidCategoryKey,
    /// The name of a category is empty or too long.
    InvalidCategoryName,
    /// The size of a shortlist is out of its bounds.
    InvalidShortlistSize,
    /// Too many categories.
    TooManyCategories,
    /// The category has nominees.
    CategoryInUse,
    /// Somebody else has changed it since.
    StaleObject,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

/// A refusal, and the field that it is about.
pub type FieldRefusal = (CampaignRefusal, &'static str);

/// The campaign after a step.
///
/// # Errors
/// Where the step cannot be made at `now`.
pub fn after_step(
    before: &Campaign,
    step: Step,
    now: DateTime<Utc>,
) -> Result<Campaign, CampaignRefusal> {
    let mut after = before.clone();
    let phase = before.phase(now);
    let is_open = matches!(phase, Phase::Voting | Phase::Paused);
    let is_allowed = match step {
        Step::Announce => phase == Phase::Draft,
        Step::Pause => phase == Phase::Voting,
        Step::Resume => phase == Phase::Paused,
        Step::Extend(_) | Step::Close => is_open,
        Step::Publish => phase == Phase::Ended,
        Step::Archive => phase == Phase::Published,
    };
    if !is_allowed {
        return Err(CampaignRefusal::WrongPhase);
    }
    match step {
        Step::Announce if before.voting_closes_at <= now => return Err(CampaignRefusal::TimePast),
        Step::Announce => after.lifecycle = Lifecycle::Running,
        Step::Pause => after.paused_at = Some(now),
        Step::Resume => after.paused_at = None,
        Step::Extend(at) if at <= before.voting_closes_at || !is_in_calendar(at) => {
            return Err(CampaignRefusal::TimesOutOfOrder);
        }
        Step::Extend(at) => after.voting_closes_at = at,
        // The opening is before the closing, even where this is the moment of both.
        Step::Close => {
            after.voting_closes_at = now.max(before.voting_opens_at + TimeDelta::microseconds(1));
        }
        Step::Publish => after.lifecycle = Lifecycle::Published,
        Step::Archive => after.lifecycle = Lifecycle::Archived,
    }
    Ok(after)
}

/// The campaign with its texts as they are stored, when everything is within its bounds.
///
/// # Errors
/// Every field that is not.
pub fn checked(mut campaign: Campaign) -> Result<Campaign, Vec<FieldRefusal>> {
    let mut refusals = Vec::new();
    let mut text = |text: &str, bounds, refusal, field| {
        let mut faults = Vec::new();
        let text = check_text((), text, bounds, &mut faults);
        if !faults.is_empty() {
            refusals.push((refusal, field));
        }
        text
    };
    campaign.title = text(
        &campaign.title,
        TextBounds::required(TITLE_CHARS_MAX),
        CampaignRefusal::InvalidTitle,
        "title",
    );
    campaign.summary = text(
        &campaign.summary,
        TextBounds::optional(SUMMARY_CHARS_MAX).with_lines(),
        CampaignRefusal::InvalidSummary,
        "summary",
    );
    if !is_slug(&campaign.slug) {
        refusals.push((CampaignRefusal::InvalidSlug, "slug"));
    }
    if !(1..=VOTES_MAX).contains(&campaign.votes_per_period) {
        refusals.push((CampaignRefusal::InvalidQuota, "rules"));
    }
    let times = [campaign.voting_opens_at, campaign.voting_closes_at];
    if times[0] >= times[1] || !times.into_iter().all(is_in_calendar) {
        refusals.push((CampaignRefusal::TimesOutOfOrder, "votingClosesAt"));
    }
    if refusals.is_empty() {
        Ok(campaign)
    } else {
        Err(refusals)
    }
}

/// Whether an edit may change what it changes.
///
/// # Errors
/// Every field that is fixed, or set to a time that is past.
pub fn check_edit(
    before: &Campaign,
    after: &Campaign,
    has_votes: bool,
    now: DateTime<Utc>,
) -> Result<(), Vec<FieldRefusal>> {
    let mut refusals = Vec::new();
    let phase = before.phase(now);
    if phase == Phase::Archived {
        return Err(vec![(CampaignRefusal::WrongPhase, "campaignId")]);
    }
    if before.slug != after.slug && before.lifecycle != Lifecycle::Draft {
        refusals.push((CampaignRefusal::FixedOnceAnnounced, "slug"));
    }
    for (field, is_changed) in [
        ("timeZone", before.time_zone != after.time_zone),
        (
            "votingOpensAt",
            before.voting_opens_at != after.voting_opens_at,
        ),
        (
            "votingClosesAt",
            before.voting_closes_at != after.voting_closes_at,
        ),
        ("rules", rules_of(before) != rules_of(after)),
    ] {
        let is_over = matches!(phase, Phase::Ended | Phase::Published);
        if is_changed && has_votes {
            refusals.push((CampaignRefusal::FixedAfterFirstVote, field));
        } else if is_changed && is_over {
            refusals.push((CampaignRefusal::WrongPhase, field));
        }
    }
    refusals.extend(past_times(before, after, now));
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

/// The times that are set anew, and to the past. A draft may not open in the past either: it would open unannounced.
fn past_times(before: &Campaign, after: &Campaign, now: DateTime<Utc>) -> Vec<FieldRefusal> {
    let mut refusals = Vec::new();
    for (field, before, after) in [
        (
            "votingOpensAt",
            before.voting_opens_at,
            after.voting_opens_at,
        ),
        (
            "votingClosesAt",
            before.voting_closes_at,
            after.voting_closes_at,
        ),
    ] {
        if before != after && after < now - TOLERANCE {
            refusals.push((CampaignRefusal::TimePast, field));
        }
    }
    refusals
}

/// Whether the times of a new campaign are to come.
///
/// # Errors
/// Those that are past.
pub fn check_new_times(campaign: &Campaign, now: DateTime<Utc>) -> Result<(), Vec<FieldRefusal>> {
    let never = Campaign {
        voting_opens_at: DateTime::UNIX_EPOCH,
        voting_closes_at: DateTime::UNIX_EPOCH,
        ..campaign.clone()
    };
    let refusals = past_times(&never, campaign, now);
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

/// Whether an amendment may change what it changes: the quota upwards, the closing and who is challenged while voting
/// has not ended, and the audience of the tally.
///
/// # Errors
/// Every field that may not be changed so.
pub fn check_amendment(
    before: &Campaign,
    after: &Campaign,
    now: DateTime<Utc>,
) -> Result<(), Vec<FieldRefusal>> {
    let mut refusals = Vec::new();
    let phase = before.phase(now);
    let has_not_ended = matches!(phase, Phase::Upcoming | Phase::Voting | Phase::Paused);
    if !has_not_ended && !matches!(phase, Phase::Ended | Phase::Published) {
        return Err(vec![(CampaignRefusal::WrongPhase, "campaignId")]);
    }
    if after.votes_per_period < before.votes_per_period {
        refusals.push((CampaignRefusal::QuotaLowered, "votesPerPeriod"));
    } else if after.votes_per_period > before.votes_per_period && !has_not_ended {
        refusals.push((CampaignRefusal::WrongPhase, "votesPerPeriod"));
    }
    if after.challenge != before.challenge && !has_not_ended {
        refusals.push((CampaignRefusal::WrongPhase, "challenge"));
    }
    if after.voting_closes_at != before.voting_closes_at {
        if !has_not_ended {
            refusals.push((CampaignRefusal::WrongPhase, "votingClosesAt"));
        } else if after.voting_closes_at <= now {
            refusals.push((CampaignRefusal::TimePast, "votingClosesAt"));
        }
    }
    if refusals.is_empty() {
        Ok(())
    } else {
        Err(refusals)
    }
}

fn rules_of(
    campaign: &Campaign,
) -> (
    QuotaPeriod,
    QuotaScope,
    i64,
    TallyVisibility,
    IdentityKinds,
    ChallengePolicy,
) {
    (
        campaign.quota_period,
        campaign.quota_scope,
        campaign.votes_per_period,
        campaign.tally_visibility,
        campaign.admitted(),
        campaign.challenge,
    )
}

fn is_in_calendar(at: DateTime<Utc>) -> bool {
    use chrono::Datelike as _;
    YEARS.contains(&at.year())
}

/// The fields of a campaign that differ.
#[must_use]
pub fn changes_between(before: Option<&Campaign>, after: &Campaign) -> Changes {
    let mut changes = Changes::default();
    let before = before.map(values);
    for (index, (field, value)) in values(after).into_iter().enumerate() {
        let old = before.as_ref().and_then(|before| before[index].1.clone());
        changes.compare(field, old, value);
    }
    changes
}

/// The fields of a campaign by their names in the API, as texts.
#[must_use]
pub fn values(campaign: &Campaign) -> [(&'static str, Option<String>); 17] {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    [
        ("slug", Some(campaign.slug.clone())),
        ("title", Some(campaign.title.clone())),
        ("summary", Some(campaign.summary.clone())),
        ("coverUrl", campaign.cover_url.clone()),
        ("coverMedia", campaign.cover_media.clone().map(String::from)),
        ("timeZone", Some(campaign.time_zone.0.name().to_owned())),
        ("lifecycle", Some(campaign.lifecycle.name().to_owned())),
        ("votingOpensAt", Some(time(campaign.voting_opens_at))),
        ("votingClosesAt", Some(time(campaign.voting_closes_at))),
        ("pausedAt", campaign.paused_at.map(time)),
        (
            "rules.period",
            Some(campaign.quota_period.name().to_owned()),
        ),
        ("rules.scope", Some(campaign.quota_scope.name().to_owned())),
        (
            "rules.votesPerPeriod",
            Some(campaign.votes_per_period.to_string()),
        ),
        (
            "rules.tallyVisibility",
            Some(campaign.tally_visibility.name().to_owned()),
        ),
        (
            "rules.guestsMayVote",
            Some(campaign.guests_may_vote.to_string()),
        ),
        // None for the mini-program alone, as it was before there were others: older records do not name it.
        (
            "rules.admits",
            (campaign.admits != IdentityKind::WechatMiniProgram.into())
                .then(|| campaign.admits.to_string()),
        ),
        // Likewise none for what campaigns have by default.
        (
            "rules.challenge",
            (campaign.challenge != ChallengePolicy::Guests)
                .then(|| campaign.challenge.name().to_owned()),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::campaign::TimeZone;
    use crate::id::{CampaignId, OrganisationId};

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + hour * 3_600, 0).expect("a time")
    }

    /// Voting is open from hour 1 to hour 9.
    fn campaign(lifecycle: Lifecycle) -> Campaign {
        Campaign {
            id: CampaignId::new(),
            organisation_id: OrganisationId::new(),
            slug: "sample".to_owned(),
            title: "Sample".to_owned(),
            summary: String::new(),
            cover_url: None,
            cover_media: None,
            time_zone: TimeZone(chrono_tz::Asia::Shanghai),
            lifecycle,
            voting_opens_at: at(1),
            voting_closes_at: at(9),
            quota_period: QuotaPeriod::Day,
            quota_scope: QuotaScope::Category,
            votes_per_period: 3,
            tally_visibility: TallyVisibility::Live,
            guests_may_vote: false,
            admits: IdentityKind::WechatMiniProgram.into(),
            challenge: ChallengePolicy::Guests,
            paused_at: None,
            edit_revision: 1,
            revision: 1,
            rules_revision: 1,
        }
    }

    /// Steps by the phases in which each can be made.
    #[test]
    fn each_step_has_its_phases() {
        let paused = Campaign {
            paused_at: Some(at(2)),
            ..campaign(Lifecycle::Running)
        };
        let phases = [
            (campaign(Lifecycle::Draft), at(0), "a"),
            (campaign(Lifecycle::Running), at(0), ""),
            (campaign(Lifecycle::Running), at(2), "pec"),
            (paused.clone(), at(2), "rec"),
            (paused, at(9), "u"),
            (campaign(Lifecycle::Running), at(9), "u"),
            (campaign(Lifecycle::Published), at(9), "k"),
            (campaign(Lifecycle::Archived), at(9), ""),
        ];
        let steps = [
            (Step::Announce, 'a'),
            (Step::Pause, 'p'),
            (Step::Resume, 'r'),
            (Step::Extend(at(10)), 'e'),
            (Step::Close, 'c'),
            (Step::Publish, 'u'),
            (Step::Archive, 'k'),
        ];
        for (before, now, allowed) in phases {
            let phase = before.phase(now);
            for (step, letter) in steps {
                let made = after_step(&before, step, now);
                assert_eq!(
                    made.is_ok(),
                    allowed.contains(letter),
                    "{step:?} in {phase:?}"
                );
            }
        }
    }

    #[test]
    fn a_closed_vote_is_not_opened_again() {
        let running = campaign(Lifecycle::Running);
        let closed = after_step(&running, Step::Close, at(2)).expect("it is open");
        assert_eq!(closed.phase(at(2)), Phase::Ended);
        assert!(after_step(&closed, Step::Extend(at(10)), at(2)).is_err());
        let later = Campaign {
            voting_closes_at: at(20),
            ..closed.clone()
        };
        assert!(check_amendment(&closed, &later, at(3)).is_err());
        assert!(check_edit(&closed, &later, false, at(3)).is_err());
        // Even at the very moment of its opening it closes after it.
        let first = after_step(&running, Step::Close, at(1)).expect("it is open");
        assert!(first.voting_opens_at < first.voting_closes_at);
    }

    #[test]
    fn an_extension_is_later_and_a_draft_is_announced_before_its_end() {
        let running = campaign(Lifecycle::Running);
        for wrong in [at(9), at(8), at(20_000_000)] {
            let refused = after_step(&running, Step::Extend(wrong), at(2));
            assert_eq!(refused.err(), Some(CampaignRefusal::TimesOutOfOrder));
        }
        let late = after_step(&campaign(Lifecycle::Draft), Step::Announce, at(9));
        assert_eq!(late.err(), Some(CampaignRefusal::TimePast));
    }

    #[test]
    fn a_vote_fixes_the_rules() {
        let before = campaign(Lifecycle::Running);
        let after = Campaign {
            title: "Another".to_owned(),
            ..before.clone()
        };
        assert_eq!(check_edit(&before, &after, true, at(2)), Ok(()));
        let after = Campaign {
            votes_per_period: 4,
            ..before.clone()
        };
        assert_eq!(check_edit(&before, &after, false, at(2)), Ok(()));
        let fixed = Err(vec![(CampaignRefusal::FixedAfterFirstVote, "rules")]);
        assert_eq!(check_edit(&before, &after, true, at(2)), fixed);
        assert_eq!(check_amendment(&before, &after, at(2)), Ok(()));
        let lowered = Err(vec![(CampaignRefusal::QuotaLowered, "votesPerPeriod")]);
        assert_eq!(check_amendment(&after, &before, at(2)), lowered);
    }

    #[test]
    fn changes_name_their_fields() {
        let before = campaign(Lifecycle::Draft);
        let after = after_step(&before, Step::Announce, at(0)).expect("a draft");
        let changes = changes_between(Some(&before), &after);
        let fields: Vec<_> = changes
            .as_slice()
            .iter()
            .map(|c| c.field.as_str())
            .collect();
        assert_eq!(fields, ["lifecycle"]);
        assert_eq!(changes_between(None, &before).as_slice().len(), 12);
    }
}
