//! Forgetting voters: on request, and everybody in time.
//!
//! A request is kept until nobody can vote twice by it and no result is disputed any more; then a worker forgets the
//! person, and the same for all whose last campaign ended long ago. `domain/retention` has the times.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::App;
use crate::auth::Viewer;
use crate::auth::token::ACCESS_LIFETIME;
use crate::domain::retention::CampaignEnd;
use crate::error::{Error, Result};
use crate::hot::{Action, BucketOwner};
use crate::id::{CampaignId, VoterId};
use crate::ledger::Database;
use crate::ledger::forgetting::{self, Person, Place, VoterPage};

/// How long after the end of its sessions a voter may still cast: by an access token, and with a request that came in
/// time and is being stored, at a process whose clock is a little behind.
const TOKENS_GONE: TimeDelta = TimeDelta::seconds(ACCESS_LIFETIME.num_seconds() + 60);
/// The beginning of a list of voters by time.
const BEGINNING: Place = (DateTime::UNIX_EPOCH, Uuid::nil());

/// Forgets voters of a database.
#[derive(Debug, Clone, Copy)]
pub struct Forgetter<'a> {
    /// The database.
    pub database: &'a Database,
    /// The time.
    pub now: DateTime<Utc>,
    /// The time after a campaign's end in which something is kept of everybody.
    pub retention: TimeDelta,
}

/// The campaigns that people took part in, with their ends.
struct Participation {
    of_voter: HashMap<VoterId, Vec<CampaignId>>,
    ends: HashMap<CampaignId, CampaignEnd>,
}

impl Participation {
    async fn read(database: &Database, people: &[Person]) -> Result<Self> {
        let voters: Vec<VoterId> = people
            .iter()
            .flat_map(|person| &person.ids)
            .copied()
            .collect();
        let of_voter = forgetting::list_campaigns(database, &voters).await?;
        let campaigns = of_voter.values().flatten().copied().collect();
        let ends = forgetting::list_ends(database, &campaigns).await?;
        Ok(Self { of_voter, ends })
    }

    fn campaigns<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = CampaignId> + 'a {
        person
            .ids
            .iter()
            .filter_map(|id| self.of_voter.get(id))
            .flatten()
            .copied()
    }

    /// The latest of a time that each campaign of a person has; none where it took part in none.
    fn latest(
        &self,
        person: &Person,
        time: impl Fn(&CampaignEnd) -> DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        self.campaigns(person)
            .filter_map(|id| self.ends.get(&id).map(&time))
            .max()
    }
}

impl Forgetter<'_> {
    /// Stores that a voter asks to be forgotten, and ends its sessions. Returns the time from which it is done; none
    /// where there is no such voter.
    pub async fn request(&self, voter: VoterId) -> Result<Option<DateTime<Utc>>> {
        if !forgetting::is_remembered(self.database, voter).await? {
            return Ok(None);
        }
        let requested_at = forgetting::insert_request(self.database, voter, self.now).await?;
        self.due_at(voter, requested_at).await.map(Some)
    }

    /// The time from which a voter is forgotten that asks for it, or has asked.
    pub async fn due_at(
        &self,
        voter: VoterId,
        requested_at: DateTime<Utc>,
    ) -> Result<DateTime<Utc>> {
        let people = forgetting::list_people(self.database, &[voter]).await?;
        let participation = Participation::read(self.database, &people).await?;
        let due = people
            .iter()
            .map(|person| self.due(&participation, person, requested_at));
        Ok(due.max().unwrap_or(requested_at))
    }

    /// Its access tokens are good for a while yet, and its campaigns may not be over.
    fn due(
        &self,
        participation: &Participation,
        person: &Person,
        requested_at: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let campaigns =
            participation.latest(person, |end| end.forgotten_on_request(self.retention));
        campaigns
            .into_iter()
            .fold(requested_at + TOKENS_GONE, DateTime::max)
    }

    /// Forgets those who ask for it and whose time has come. Who has signed in again meanwhile is signed out first, and
    /// forgotten when its last access token has expired. Returns their number.
    pub async fn forget_requests(&self) -> Result<usize> {
        let mut forgotten = 0;
        let mut place = Some(BEGINNING);
        while let Some(after) = place {
            let VoterPage { voters, next } =
                forgetting::list_requests(self.database, after).await?;
            let requested: HashMap<VoterId, DateTime<Utc>> =
                voters.into_iter().map(|(at, id)| (id, at)).collect();
            let ids: Vec<VoterId> = requested.keys().copied().collect();
            let mut people = forgetting::list_people(self.database, &ids).await?;
            let participation = Participation::read(self.database, &people).await?;
            people.retain(|person| {
                let asked = person.ids.iter().filter_map(|id| requested.get(id)).min();
                asked.is_some_and(|at| self.due(&participation, person, *at) <= self.now)
            });
            forgetting::end_sessions(self.database, &people, self.now).await?;
            forgotten += self.forget(&participation, &people).await?;
            place = next;
        }
        Ok(forgotten)
    }

    /// Forgets everybody who came long ago, whose last campaign ended long ago, and who is not signed in. Returns their
    /// number.
    pub async fn forget_everybody(&self) -> Result<usize> {
        let mut forgotten = 0;
        let mut place = Some(BEGINNING);
        while let Some(after) = place {
            let until = self.now - self.retention;
            let VoterPage { voters, next } =
                forgetting::list_remembered(self.database, after, until).await?;
            let ids: Vec<VoterId> = voters.into_iter().map(|(_, id)| id).collect();
            let mut people = forgetting::list_people(self.database, &ids).await?;
            let participation = Participation::read(self.database, &people).await?;
            people.retain(|person| {
                let last = participation.latest(person, |end| end.forgotten_by_all(self.retention));
                last.is_none_or(|last| last <= self.now)
            });
            forgotten += self.forget(&participation, &people).await?;
            place = next;
        }
        Ok(forgotten)
    }

    async fn forget(&self, participation: &Participation, people: &[Person]) -> Result<usize> {
        // Votes come between two batches.
        tokio::task::yield_now().await;
        if people.is_empty() {
            return Ok(0);
        }
        let campaigns: BTreeSet<CampaignId> = people
            .iter()
            .flat_map(|person| participation.campaigns(person))
            .collect();
        let idle_since = self.now - TOKENS_GONE;
        let forget = forgetting::forget(self.database, people, &campaigns, idle_since, self.now);
        forget.await.map_err(Error::from)
    }
}

impl App {
    /// Forgets voters of this server.
    #[must_use]
    pub fn forgetter(&self) -> Forgetter<'_> {
        Forgetter {
            database: &self.database,
            now: self.clock.now(),
            retention: self.voter_retention,
        }
    }

    /// Takes down that the viewer, a voter, asks to be forgotten, and signs it out everywhere. Returns the time from
    /// which it is done.
    pub async fn forget_viewer(&self, viewer: Viewer) -> Result<DateTime<Utc>> {
        let voter = viewer.require_voter()?;
        self.hot
            .take(Action::SignIn, BucketOwner::Voter(voter))
            .await?;
        let due = self.forgetter().request(voter).await?;
        due.ok_or(Error::Unauthenticated)
    }

    /// The time from which the viewer is forgotten, if it has asked for it.
    pub async fn forget_due_at(&self, viewer: Viewer) -> Result<Option<DateTime<Utc>>> {
        let Some(voter) = viewer.voter() else {
            return Ok(None);
        };
        let Some(requested_at) = forgetting::find_request(&self.database, voter).await? else {
            return Ok(None);
        };
        let due = self.forgetter().due_at(voter, requested_at).await?;
        Ok(Some(due))
    }
}
