//! The nouns and rules of a selection: pure values, no async, no clock, no store. Times and settings come in as
//! arguments. Start at [`campaign`], then [`period`] and [`ballot`], where a vote is decided.

pub mod ballot;
pub mod campaign;
pub mod nominee;
pub mod period;
pub mod roster;
pub mod story;
pub mod tally;
