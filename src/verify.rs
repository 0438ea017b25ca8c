//! Verification: recounts the votes and compares them with everything that was derived from them; and looks for the
//! files of pictures.

mod audit_log;
mod media;

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use self::audit_log::AuditDifference;
use self::media::MediaReport;
use crate::domain::turnout::{ClientKind, minute_start};
use crate::hot::{Redis, RememberedVote, SharedTotals};
use crate::id::{CampaignId, ScopeId, VoterId};
use crate::ledger::recount::{
    self, LikeDifference, Links, Misplaced, OverQuota, PeriodDifference, Repeat, TallyDifference,
    TurnoutDifference, Unlisted,
};
use crate::ledger::withholding::recount::{
    WithholdingDifference, list_differences as list_withholding_differences,
};
use crate::ledger::{Database, tally};
use crate::media::store::MediaStore;

/// The reason why verification could not be done.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] sqlx::Error),
    /// Redis does not answer.
    #[error("Redis does not answer: {0}")]
    Redis(String),
    /// The store of pictures does not answer.
    #[error("the store of pictures does not answer: {0}")]
    Media(String),
}

/// The report of a verification: for people as text, for programs as JSON.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    votes: i64,
    /// Voters who turned out to be one person, which is no difference.
    links: Links,
    tallies: Vec<TallyDifference>,
    turnout: Vec<TurnoutDifference>,
    over_quota: Vec<OverQuota>,
    repeats: Vec<Repeat>,
    misplaced: Vec<Misplaced>,
    periods: Vec<PeriodDifference>,
    unlisted: Vec<Unlisted>,
    likes: Vec<LikeDifference>,
    withholding: Vec<WithholdingDifference>,
    /// Totals in Redis that SQL never had.
    shared_totals: Vec<TotalsDifference>,
    /// Objects that are not as the audit log tells.
    audit: Vec<AuditDifference>,
    /// Votes that Redis remembers and SQL does not have.
    remembered_votes: Vec<RememberedVote>,
    redis_checked: bool,
    /// Pictures, where there is a store of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<MediaReport>,
}

/// Totals in Redis that differ from SQL's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TotalsDifference {
    campaign_id: CampaignId,
    version_in_redis: i64,
    version_in_sql: i64,
}

impl Report {
    /// Whether everything agrees, and every picture has its files.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.agrees() && self.media.as_ref().is_none_or(MediaReport::is_clean)
    }

    /// Whether all that is counted agrees.
    fn agrees(&self) -> bool {
        self.tallies.is_empty()
            && self.turnout.is_empty()
            && self.over_quota.is_empty()
            && self.repeats.is_empty()
            && self.misplaced.is_empty()
            && self.periods.is_empty()
            && self.unlisted.is_empty()
            && self.likes.is_empty()
            && self.withholding.is_empty()
            && self.shared_totals.is_empty()
            && self.audit.is_empty()
            && self.remembered_votes.is_empty()
    }

    /// Looks for the files of pictures, too.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub async fn with_media(
        mut self,
        database: &Database,
        store: &MediaStore,
    ) -> Result<Self, VerifyError> {
        self.media = Some(MediaReport::new(database, store).await?);
        Ok(self)
    }
}

/// Recounts. Redis is looked at before SQL, so that a vote in between is no difference: SQL may be ahead, Redis never.
///
/// # Errors
/// When a store cannot be read.
pub async fn verify(database: &Database, redis: Option<&Redis>) -> Result<Report, VerifyError> {
    let mut report = Report {
        redis_checked: redis.is_some(),
        ..Report::default()
    };
    if let Some(redis) = redis {
        report.remembered_votes = compare_remembered(database, redis).await?;
        report.shared_totals = compare_shared(database, redis).await?;
    }
    report.votes = recount::count_votes(database).await?;
    report.links = recount::count_links(database).await?;
    report.tallies = recount::list_tally_differences(database).await?;
    report.turnout = recount::list_turnout_differences(database).await?;
    report.over_quota = recount::list_over_quota(database).await?;
    report.repeats = recount::list_repeats(database).await?;
    report.misplaced = recount::list_misplaced(database).await?;
    report.periods = recount::list_period_differences(database).await?;
    report.unlisted = recount::list_unlisted(database).await?;
    report.likes = recount::list_like_differences(database).await?;
    report.withholding = list_withholding_differences(database).await?;
    report.audit = audit_log::compare(database).await?;
    Ok(report)
}

async fn compare_remembered(
    database: &Database,
    redis: &Redis,
) -> Result<Vec<RememberedVote>, VerifyError> {
    let remembered = redis
        .list_remembered()
        .await
        .map_err(|error| VerifyError::Redis(error.to_string()))?;
    let mut by_quota: HashMap<(VoterId, ScopeId, i64), Vec<RememberedVote>> = HashMap::new();
    for vote in remembered {
        by_quota
            .entry((vote.voter_id, vote.scope_id, vote.period))
            .or_default()
            .push(vote);
    }
    let mut unknown = Vec::new();
    for ((voter, scope, period), votes) in by_quota {
        let ids = recount::list_ids_of_voter(database, voter, scope, period).await?;
        unknown.extend(votes.into_iter().filter(|vote| !ids.contains(&vote.id.0)));
    }
    Ok(unknown)
}

async fn compare_shared(
    database: &Database,
    redis: &Redis,
) -> Result<Vec<TotalsDifference>, VerifyError> {
    let mut differences = Vec::new();
    for (campaign, _) in tally::list_versions(database).await? {
        let Some(shared) = redis.find_shared_totals(campaign).await else {
            if redis.is_healthy() {
                continue;
            }
            return Err(VerifyError::Redis("it stopped answering".into()));
        };
        let SharedTotals {
            totals: shared,
            has_guest_votes,
        } = shared;
        let mut nominees = tally::list_totals(database, campaign).await?;
        if !has_guest_votes {
            for total in &mut nominees {
                total.guest_votes = 0;
            }
        }
        let in_sql: i64 = nominees.iter().map(|nominee| nominee.revision).sum();
        // Equal versions mean equal totals; a newer version there than here means that SQL went back.
        let differs = shared.version() > in_sql
            || (shared.version() == in_sql && shared.nominees != nominees);
        if differs {
            differences.push(TotalsDifference {
                campaign_id: campaign,
                version_in_redis: shared.version(),
                version_in_sql: in_sql,
            });
        }
    }
    Ok(differences)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lines(f, &self.tallies)?;
        write_lines(f, &self.turnout)?;
        write_lines(f, &self.over_quota)?;
        write_lines(f, &self.repeats)?;
        write_lines(f, &self.misplaced)?;
        write_lines(f, &self.periods)?;
        write_lines(f, &self.unlisted)?;
        write_lines(f, &self.likes)?;
        write_lines(f, &self.withholding)?;
        write_lines(f, &self.shared_totals)?;
        write_lines(f, &self.audit)?;
        for vote in &self.remembered_votes {
            let RememberedVote { id, voter_id, .. } = vote;
            writeln!(
                f,
                "Redis remembers vote {id} of voter {voter_id}, which is not in SQL"
            )?;
        }
        if let Some(media) = &self.media {
            write!(f, "{media}")?;
        }
        let Links {
            voters,
            beyond_quota,
            repeated,
        } = self.links;
        if voters > 0 {
            writeln!(
                f,
                "{voters} voters turned out to be others; before that, {beyond_quota} votes were cast beyond the quota \
                 of one voter, and {repeated} for nominees whom the other had voted for. They stay."
            )?;
        }
        let stores = if self.redis_checked {
            "SQL and Redis"
        } else {
            "SQL"
        };
        let result = if self.agrees() {
            "tallies, turnout, quotas, likes and the audit log agree"
        } else {
            "DIFFERENCES, see above"
        };
        writeln!(f, "{} votes recounted: {result} ({stores}).", self.votes)
    }
}

fn write_lines(f: &mut fmt::Formatter<'_>, differences: &[impl fmt::Display]) -> fmt::Result {
    for difference in differences {
        writeln!(f, "{difference}")?;
    }
    Ok(())
}

impl fmt::Display for WithholdingDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            campaign_id,
            rows,
            count,
        } = self;
        write!(f, "withholding (campaign {campaign_id}): {count} {rows}")
    }
}

impl fmt::Display for TallyDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(number), Some(name)) = (self.number, &self.name) {
            write!(f, "No. {number} {name}: ")?;
        }
        write!(
            f,
            "tally of nominee {} (campaign {}): counted {} by votes, {} by tally; of guests {} and {}; \
            withheld {} and {}; voters {} and {}",
            self.nominee_id,
            self.campaign_id,
            self.votes_counted,
            self.tally_counted,
            self.votes_guests,
            self.tally_guests,
            self.votes_withheld,
            self.tally_withheld,
            self.votes_voters,
            self.tally_voters
        )
    }
}

impl fmt::Display for TurnoutDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "turnout of nominee {} (campaign {}) in the minute of {} by client {}: {} by votes, {} by turnout; \
            of guests {} and {}",
            self.nominee_id,
            self.campaign_id,
            minute_start(self.minute),
            ClientKind::from_code(self.client).name(),
            self.votes,
            self.turnout,
            self.votes_guests,
            self.turnout_guests
        )
    }
}

impl fmt::Display for OverQuota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "voter {} (campaign {}) has {} votes in scope {} and period {}; the quota is {}",
            self.voter_id, self.campaign_id, self.votes, self.scope_id, self.period, self.quota
        )
    }
}

impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "voter {} (campaign {}) has a vote twice, or not one first vote",
            self.voter_id, self.campaign_id
        )
    }
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "vote {} of voter {} (campaign {}) {}",
            self.vote_id, self.voter_id, self.campaign_id, self.fault
        )
    }
}

impl fmt::Display for PeriodDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "votes of period {} under rules {} (campaign {}) were cast in another period: one at {}",
            self.period, self.rules_revision, self.campaign_id, self.cast_at
        )
    }
}

impl fmt::Display for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "nominee {} has {} votes and is on no list of campaign {}",
            self.nominee_id, self.counted, self.campaign_id
        )
    }
}

impl fmt::Display for LikeDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "subject {} has {} likes; its counter says {}",
            self.subject_id, self.likes, self.counter
        )
    }
}

impl fmt::Display for TotalsDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "campaign {}: Redis has totals of version {} that differ from SQL's {}",
            self.campaign_id, self.version_in_redis, self.version_in_sql
        )
    }
}
