//! The epoch: a database that was restored to an earlier state has lost votes that Redis remembers, and would refuse
//! their voters. So what was remembered is compared with SQL before it is used, after every time that the database may
//! have been another one; where SQL does not have all of it, all processes go over to a new epoch, whose keys are new.

use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use redis::Pipeline;
use uuid::Uuid;

use super::client::RedisClient;
use super::keys::Keys;
use super::{Redis, Remembered, RememberedVote};
use crate::id::{CampaignId, ScopeId, VoteId, VoterId};

/// The latest votes that are kept for the comparison: the first that a restored database lacks.
const LATEST_MAX: isize = 16;
/// Campaigns that are asked for at the same time.
const QUESTIONS_MAX: usize = 64;

/// The part of what is remembered that is compared with SQL.
#[derive(Debug, Default)]
pub struct Known {
    /// The versions of the totals that are shared.
    pub versions: Vec<(CampaignId, i64)>,
    /// The latest of the votes that are remembered, by the time of their casting. They are compared as well since new
    /// votes, cast before the comparison, bring a restored tally to the version that is shared.
    pub latest: Vec<RememberedVote>,
}

impl Redis {
    /// The epoch in use, while what is remembered in it is trusted.
    pub(in crate::hot) fn epoch(&self) -> Option<i64> {
        self.is_trusted().then(|| self.keys.epoch())
    }

    pub(super) fn is_trusted(&self) -> bool {
        self.is_trusted.load(Ordering::Acquire)
    }

    /// Uses nothing that is remembered until it was compared: limits go on.
    pub(in crate::hot) fn distrust(&self) {
        self.is_trusted.store(false, Ordering::Release);
    }

    /// Uses what is remembered in this epoch.
    pub(in crate::hot) fn trust(&self, epoch: i64) {
        self.keys.set_epoch(epoch);
        self.is_trusted.store(true, Ordering::Release);
    }

    /// The knowledge of these campaigns in an epoch; `None` when Redis is away.
    pub(in crate::hot) async fn find_known(
        &self,
        epoch: i64,
        campaigns: &[CampaignId],
    ) -> Option<Known> {
        let mut latest = redis::cmd("ZRANGE");
        latest.arg(self.keys.latest_votes(epoch)).arg(0).arg(-1);
        let latest: Vec<String> = self
            .client
            .call(|mut c| async move { latest.query_async(&mut c).await })
            .await?;
        let mut known = Known {
            latest: latest
                .iter()
                .filter_map(|text| parse_latest(text))
                .collect(),
            ..Known::default()
        };
        for campaigns in campaigns.chunks(QUESTIONS_MAX) {
            let asked = campaigns.iter().map(|id| self.find_version(epoch, *id));
            for version in join_all(asked).await {
                known.versions.extend(version?);
            }
        }
        Some(known)
    }

    /// The version of a campaign's totals, where they are shared; `None` when Redis is away.
    async fn find_version(
        &self,
        epoch: i64,
        campaign: CampaignId,
    ) -> Option<Option<(CampaignId, i64)>> {
        let mut get = redis::cmd("HGET");
        get.arg(self.keys.totals(epoch, campaign)).arg("version");
        let version = self
            .client
            .call(|mut c| async move { get.query_async::<Option<i64>>(&mut c).await })
            .await?;
        Some(version.map(|version| (campaign, version)))
    }

    /// Removes the documents of an epoch that was left, which would stay for ever. The little that it is compared by
    /// stays: the backup that knows this epoch may be restored once more.
    pub(in crate::hot) async fn remove_documents(&self, epoch: i64) {
        let mut unlink = redis::cmd("UNLINK");
        unlink.arg(&self.keys.documents(epoch));
        self.client
            .call(|mut c| async move { unlink.exec_async(&mut c).await })
            .await;
    }
}

/// Notes the latest votes of those that are about to be remembered, but for those of an epoch that was left; `None`
/// when Redis is away.
pub(super) async fn note_latest(
    client: &RedisClient,
    keys: &Keys,
    batch: &[Remembered],
) -> Option<()> {
    let epoch = keys.epoch();
    let key = keys.latest_votes(epoch);
    let mut pipeline = Pipeline::new();
    for remembered in batch.iter().filter(|one| one.key.epoch == epoch) {
        if let Some(vote) = remembered.votes.iter().max_by_key(|vote| vote.cast_at) {
            let (voter, scope) = (vote.voter_id.0.simple(), vote.scope_id.0.simple());
            let member = format!("{voter} {scope} {} {}", vote.period, vote.id.0.simple());
            let at = vote.cast_at.timestamp_micros();
            pipeline.zadd(&key, member, at).ignore();
        }
    }
    pipeline.zremrangebyrank(&key, 0, -1 - LATEST_MAX).ignore();
    client
        .call(|mut c| async move { pipeline.exec_async(&mut c).await })
        .await
}

fn parse_latest(text: &str) -> Option<RememberedVote> {
    let mut words = text.split(' ');
    let mut id = || words.next()?.parse::<Uuid>().ok();
    Some(RememberedVote {
        voter_id: VoterId(id()?),
        scope_id: ScopeId(id()?),
        period: words.next()?.parse().ok()?,
        id: VoteId(words.next()?.parse().ok()?),
    })
}
