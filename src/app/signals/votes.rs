//! Reads the votes of a campaign for its signals, which know nominees, voters and networks by number.

use std::collections::HashMap;
use std::hash::Hash;

use acclaim_signals::{Story, Vote};
use chrono::{DateTime, Utc};

use crate::domain::roster::Roster;
use crate::domain::withholding::ShortHash;
use crate::error::Result;
use crate::id::{NomineeId, VoterId};
use crate::ledger::Database;
use crate::ledger::signals::{self, ExaminedVote};
use crate::ledger::vote::VotePosition;

/// Votes that are read with one statement.
const CHUNK: i64 = 10_000;

/// Numbers for values, in the order in which they come.
#[derive(Debug)]
struct Numbers<T> {
    numbers: HashMap<T, u32>,
    values: Vec<T>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            values: Vec::new(),
        }
    }
}

impl<T: Copy + Eq + Hash> Numbers<T> {
    fn number(&mut self, value: T) -> u32 {
        *self.numbers.entry(value).or_insert_with(|| {
            self.values.push(value);
            u32::try_from(self.values.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn value(&self, number: u32) -> Option<T> {
        self.values.get(number as usize).copied()
    }
}

/// The ids and hashes that the numbers of signals stand for. A nominee's number is its place in the roster.
#[derive(Debug, Default)]
pub(super) struct Names {
    voters: Numbers<VoterId>,
    networks: Numbers<ShortHash>,
    blocks: Numbers<ShortHash>,
    devices: Numbers<ShortHash>,
}

impl Names {
    pub(super) fn voter(&self, number: u32) -> Option<VoterId> {
        self.voters.value(number)
    }

    pub(super) fn network(&self, number: u32) -> Option<ShortHash> {
        self.networks.value(number)
    }

    pub(super) fn block(&self, number: u32) -> Option<ShortHash> {
        self.blocks.value(number)
    }

    pub(super) fn device(&self, number: u32) -> Option<ShortHash> {
        self.devices.value(number)
    }

    /// The category of each nominee, by number.
    pub(super) fn categories(roster: &Roster) -> Vec<u16> {
        let category = |nominee: &crate::domain::nominee::Nominee| {
            let index = roster.category_index(nominee.category_id);
            index
                .and_then(|index| u16::try_from(index).ok())
                .unwrap_or_default()
        };
        roster.nominees().iter().map(category).collect()
    }

    /// The stories of nominees, by number.
    pub(super) fn stories(roster: &Roster, stories: &[(NomineeId, DateTime<Utc>)]) -> Vec<Story> {
        let story = |(id, at): &(NomineeId, DateTime<Utc>)| {
            Some(Story {
                nominee: number_of(roster, *id)?,
                published_at_ms: at.timestamp_millis(),
            })
        };
        stories.iter().filter_map(story).collect()
    }

    /// The vote in numbers; none where the nominee is of the campaign no more.
    fn vote(&mut self, roster: &Roster, vote: &ExaminedVote) -> Option<Vote> {
        let hash = |bytes: &Option<Vec<u8>>| -> Option<ShortHash> {
            Some(ShortHash(bytes.as_deref()?.try_into().ok()?))
        };
        let share_nominee = vote.share_nominee.and_then(|id| number_of(roster, id));
        let device = hash(&vote.device_hash);
        Some(Vote {
            nominee: number_of(roster, vote.nominee_id)?,
            voter: self.voters.number(vote.voter_id),
            cast_at_ms: vote.cast_at.timestamp_millis(),
            seen_ms: vote
                .seen_ms
                .map(|seen| u32::try_from(seen).unwrap_or(u32::MAX)),
            share_nominee,
            address: self.networks.number(hash(&vote.network_hash)?),
            block: self.blocks.number(hash(&vote.network_block_hash)?),
            device: device.map(|device| self.devices.number(device)),
        })
    }
}

fn number_of(roster: &Roster, id: NomineeId) -> Option<u16> {
    u16::try_from(roster.index_of(id)?).ok()
}

/// Reads the votes of the window, in chunks: no statement takes long, and nothing is held in between.
pub(super) async fn read_votes(
    database: &Database,
    roster: &Roster,
    window: (DateTime<Utc>, DateTime<Utc>),
) -> Result<(Vec<Vote>, Names)> {
    let (mut votes, mut names) = (Vec::new(), Names::default());
    let mut after = VotePosition::FIRST;
    loop {
        let id = roster.campaign().id;
        let chunk = signals::list_votes(database, id, window, after, CHUNK).await?;
        votes.extend(chunk.iter().filter_map(|vote| names.vote(roster, vote)));
        match chunk.last() {
            Some(last) if i64::try_from(chunk.len()).is_ok_and(|read| read == CHUNK) => {
                after = last.position();
            }
            _ => return Ok((votes, names)),
        }
    }
}
