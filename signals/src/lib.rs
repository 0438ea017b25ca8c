//! Signals: what a campaign's votes show that no crowd of people makes. Pure functions over votes; no store, no clock.
//!
//! Two kinds, and a rule that withholds takes one of each. A **where** is a concentration, which a crowd and a farm
//! both make: `spike`, `drip`, `unseen` over sums a minute; `network` and `ballot` over a day's votes. A **how** is a
//! behaviour that no crowd of people has, over the votes of a where (its cell): `behaviour`. `examine` runs them all,
//! `case` puts alarms about the same together, `rule` says which votes a rule would take.
//!
//! A crate of its own for two reasons: the server and `loadtest attack`, which plays crowds and attacks against it, are
//! to run the same code without the one being built for the other; and it is optimised in debug builds too.
//!
//! Votes are numbered on entry: a campaign's nominees, voters, addresses, blocks and devices are small integers here,
//! and only their reader knows the ids and hashes that they stand for.

mod alarm;
mod ballot;
mod behaviour;
mod case;
mod drip;
mod examine;
mod network;
mod rule;
mod settings;
mod spike;
mod statistics;
mod sums;
mod table;
#[cfg(test)]
mod testing;
mod unseen;
mod vote;

pub use alarm::{Alarm, Behaviour, Finding, Place, Point, Signal};
pub use case::Case;
pub use examine::{Examination, examine};
pub use rule::{Selection, selections, taken};
pub use settings::{
    BallotSettings, BehaviourSettings, CaseSettings, DripSettings, NetworkSettings, SignalSettings,
    SpikeSettings, UnseenSettings,
};
pub use sums::{MinuteSum, minute_sums};
pub use table::{Usual, VoteTable};
pub use vote::{Story, Vote};
