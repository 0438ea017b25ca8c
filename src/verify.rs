//! Verification: recounts the votes and compares them with everything that was derived from them.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use crate::hot::{Redis, RememberedVote};
use crate::id::{CampaignId, ScopeId, VoterId};
use crate::ledger::recount::{self as recount, LikeDifference, OverQuota, Repeat, TallyDifference};
use crate::ledger::{Database, tally};

/// Why verification could not be done.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database cannot be read.
    #[error("the database cannot be read: {0}")]
    Database(#[from] sqlx::Error),
    /// Redis does not answer.
    #[error("Redis does not answer: {0}")]
    Redis(String),
}

/// What verification found: for people as text, for programs as JSON.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    votes: i64,
    tallies: Vec<TallyDifference>,
    over_quota: Vec<OverQuota>,
    repeats: Vec<Repeat>,
    likes: Vec<LikeDifference>,
    /// Totals in Redis that SQL never had.
    shared_totals: Vec<TotalsDifference>,
    /// Votes that Redis remembers and SQL does not have.
    remembered_votes: Vec<RememberedVote>,
    redis_checked: bool,
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
    /// Whether everything agrees.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.tallies.is_empty()
            && self.over_quota.is_empty()
            && self.repeats.is_empty()
            && self.likes.is_empty()
            && self.shared_totals.is_empty()
            && self.remembered_votes.is_empty()
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
    report.tallies = recount::list_tally_differences(database).await?;
    report.over_quota = recount::list_over_quota(database).await?;
    report.repeats = recount::list_repeats(database).await?;
    report.likes = recount::list_like_differences(database).await?;
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
        let Some(shared) = redis.find_totals(campaign).await else {
            if redis.is_healthy() {
                continue;
            }
            return Err(VerifyError::Redis("it stopped answering".into()));
        };
        let nominees = tally::list_totals(database, campaign).await?;
        let in_sql: i64 = nominees.iter().map(|line| line.revision).sum();
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
        for line in &self.tallies {
            writeln!(
                f,
                "tally of nominee {} (campaign {}): counted {} by votes, {} by tally; withheld {} and {}; voters {} and {}",
                line.nominee_id,
                line.campaign_id,
                line.votes_counted,
                line.tally_counted,
                line.votes_withheld,
                line.tally_withheld,
                line.votes_voters,
                line.tally_voters
            )?;
        }
        for line in &self.over_quota {
            writeln!(
                f,
                "voter {} (campaign {}) has {} votes in scope {} and period {}; the quota is {}",
                line.voter_id, line.campaign_id, line.votes, line.scope_id, line.period, line.quota
            )?;
        }
        for line in &self.repeats {
            writeln!(
                f,
                "voter {} (campaign {}) has a vote twice, or not one first vote",
                line.voter_id, line.campaign_id
            )?;
        }
        for line in &self.likes {
            writeln!(
                f,
                "subject {} has {} likes; its counter says {}",
                line.subject_id, line.likes, line.counter
            )?;
        }
        for line in &self.shared_totals {
            writeln!(
                f,
                "campaign {}: Redis has totals of version {} that differ from SQL's {}",
                line.campaign_id, line.version_in_redis, line.version_in_sql
            )?;
        }
        for vote in &self.remembered_votes {
            writeln!(
                f,
                "Redis remembers vote {} of voter {}, which is not in SQL",
                vote.id, vote.voter_id
            )?;
        }
        let stores = if self.redis_checked {
            "SQL and Redis"
        } else {
            "SQL"
        };
        if self.is_clean() {
            writeln!(
                f,
                "{} votes recounted: tallies, quotas and likes agree ({stores}).",
                self.votes
            )
        } else {
            writeln!(
                f,
                "{} votes recounted: DIFFERENCES, see above ({stores}).",
                self.votes
            )
        }
    }
}
