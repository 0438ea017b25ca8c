//! The nouns and rules of a selection: pure values, no async, no clock, no store. Times and settings come in as
//! arguments. Start at [`campaign`], then [`period`] and [`vote`], where a vote is decided.

pub mod access;
pub mod address;
pub mod amendment;
pub mod campaign;
pub mod campaign_life;
pub mod change;
pub mod device;
pub mod export;
pub mod field;
pub mod identity;
pub mod import;
pub mod media;
pub mod nominee;
pub mod organisation;
pub mod period;
pub mod phone;
mod pinyin;
pub mod report;
pub mod retention;
pub mod risk;
pub mod roster;
pub mod search;
pub mod sheet;
pub mod signals;
pub mod story;
pub mod tally;
pub mod turnout;
pub mod vote;
pub mod withholding;
