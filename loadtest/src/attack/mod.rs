//! Attacks beside the honest replay: whole campaigns as votes with their true times, made from a seed in process, each
//! with one attack or one honest crowd that looks like one, and with the truth about every vote.
//!
//! `people` has what a person is and does, `crowd` the honest campaign, `honest` the crowds that must not be withheld,
//! `attackers` the attacks. Their parameters were fixed before there was a signal to find them.

mod attackers;
mod crowd;
pub mod evaluation;
mod honest;
mod people;

use acclaim_signals::{Story, Vote};

pub use people::categories;
use people::{Network, Stage};

/// The campaign's first moment: midnight in China before 25 October 2022, in milliseconds of Unix time.
pub const START_MS: i64 = 1_666_627_200_000;
/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Voters of the reference campaign.
pub const VOTERS: u32 = crowd::VOTERS;
/// The places (from 0) of those whom attacks and crowds lift: middling ones.
const TARGETS: [usize; 3] = [40, 48, 56];

/// How people come to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignKind {
    /// Most by a nominee's share link: the usual case.
    A,
    /// Few by a link.
    B,
}

impl CampaignKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The part of voters who come by a nominee's link.
    fn by_link(self) -> f64 {
        match self {
            Self::A => 0.60,
            Self::B => 0.10,
        }
    }
}

/// The ways of a farm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farm {
    /// A script, for the three only.
    Script,
    /// A script that votes for seven others too.
    FillIns,
    /// One phone an address, by hand at people's pace.
    Rack,
    /// People's pace at people's hours, on any phone; 70% come again.
    Patient,
}

/// The networks that an attack comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// An address of its own.
    OwnAddress,
    /// The address of a carrier with 17,000 people.
    Carrier,
}

/// An attack, or a crowd that looks like one, beside a campaign's own crowd.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scenario {
    /// One script with so many fresh guests within seconds.
    Flood(From, u32),
    /// A farm, so many days.
    Farm(Farm, u32),
    /// Three points more of the category's share, two nights.
    Drip,
    /// Votes by the clock with this jitter.
    Clock(From, f64),
    /// 800 of a company at lunch for their colleague.
    Lunch,
    /// 40 branches of 12 for the firm's three.
    Branches,
    /// A hall of 800 told to vote now.
    Hall,
    /// 800 at lunch, 70% on one issued phone.
    IssuedPhones,
    /// A city of 17,000 behind one address, with two nominees of its own.
    CityCarrier,
    /// A push and a story that lift one nominee.
    Story,
    /// 600 of a city for its list of three.
    List,
    /// The crowd alone.
    Crowd,
}

/// All scenarios with the names that reports give them.
pub const SCENARIOS: [(&str, Scenario); 25] = [
    ("a own 60", Scenario::Flood(From::OwnAddress, 60)),
    ("a own 1500", Scenario::Flood(From::OwnAddress, 1_500)),
    ("a carrier 60", Scenario::Flood(From::Carrier, 60)),
    ("a carrier 1500", Scenario::Flood(From::Carrier, 1_500)),
    ("b script 1d", Scenario::Farm(Farm::Script, 1)),
    ("b script 3d", Scenario::Farm(Farm::Script, 3)),
    ("b fill-ins 1d", Scenario::Farm(Farm::FillIns, 1)),
    ("b fill-ins 3d", Scenario::Farm(Farm::FillIns, 3)),
    ("b rack 1d", Scenario::Farm(Farm::Rack, 1)),
    ("b rack 3d", Scenario::Farm(Farm::Rack, 3)),
    ("b patient 1d", Scenario::Farm(Farm::Patient, 1)),
    ("b patient 3d", Scenario::Farm(Farm::Patient, 3)),
    ("c drip", Scenario::Drip),
    ("d own 5%", Scenario::Clock(From::OwnAddress, 0.05)),
    ("d own 30%", Scenario::Clock(From::OwnAddress, 0.30)),
    ("d carrier 5%", Scenario::Clock(From::Carrier, 0.05)),
    ("d carrier 30%", Scenario::Clock(From::Carrier, 0.30)),
    ("e lunch", Scenario::Lunch),
    ("e2 branches", Scenario::Branches),
    ("e3 hall", Scenario::Hall),
    ("e4 issued phones", Scenario::IssuedPhones),
    ("f city carrier", Scenario::CityCarrier),
    ("g story", Scenario::Story),
    ("g2 list", Scenario::List),
    ("h crowd", Scenario::Crowd),
];

/// The honest crowd of a seed and kind, which several scenarios share.
#[derive(Clone)]
pub struct Crowd {
    seed: u64,
    kind: CampaignKind,
    votes: Vec<(Vote, bool)>,
    carriers: Vec<Network>,
}

/// A campaign with its scenario.
pub struct Played {
    /// The votes, in the order of time.
    pub votes: Vec<Vote>,
    /// For each of them, whether it is an attack's.
    pub is_attack: Vec<bool>,
    /// The stories.
    pub stories: Vec<Story>,
}

impl Crowd {
    /// The crowd of a seed, with so many voters.
    #[must_use]
    pub fn new(seed: u64, kind: CampaignKind, voters: u32) -> Self {
        // Streams of chance: 1 and 2 for the crowds, 3 for what is added.
        let stream = if kind == CampaignKind::A { 1 } else { 2 };
        let mut stage = Stage::new(seed, stream);
        let carriers = crowd::add(&mut stage, kind, voters);
        Self {
            seed,
            kind,
            votes: stage.votes,
            carriers,
        }
    }

    /// The campaign of this crowd and a scenario.
    #[must_use]
    pub fn play(&self, scenario: Scenario) -> Played {
        let mut stage = Stage::new(self.seed, 3);
        let seed = self.seed;
        let carrier = |from| (from == From::Carrier).then(|| self.carriers[0]);
        let mut stories = Vec::new();
        match scenario {
            Scenario::Flood(from, votes) => {
                attackers::flood(&mut stage, seed, carrier(from), votes);
            }
            Scenario::Farm(farm, days) => attackers::farm(&mut stage, seed, farm, days),
            Scenario::Drip => attackers::drip(&mut stage, &self.votes, &self.carriers),
            Scenario::Clock(from, jitter) => attackers::clock(&mut stage, jitter, carrier(from)),
            Scenario::Lunch => honest::lunch(&mut stage, self.kind, false),
            Scenario::Branches => honest::branches(&mut stage, self.kind),
            Scenario::Hall => honest::hall(&mut stage),
            Scenario::IssuedPhones => honest::lunch(&mut stage, self.kind, true),
            Scenario::CityCarrier => honest::city_carrier(&mut stage, self.kind),
            Scenario::Story => stories.push(honest::story(&mut stage, &self.carriers)),
            Scenario::List => honest::list(&mut stage, self.kind, &self.carriers),
            Scenario::Crowd => {}
        }
        let mut votes = self.votes.clone();
        votes.append(&mut stage.votes);
        votes.sort_by_key(|(vote, _)| vote.cast_at_ms);
        let (votes, is_attack) = votes.into_iter().unzip();
        Played {
            votes,
            is_attack,
            stories,
        }
    }
}

#[cfg(test)]
mod tests;
