//! People: where they vote from, on what, how fast, and for whom. All numbers are assumptions, fixed before there was
//! any signal; the reference campaign gives the number of voters and nominees.

use acclaim_signals::Vote;

use crate::random::{Random, Weighted};

/// Nominees of each category: entrepreneurs, researchers, craftspeople.
pub const CATEGORY_SIZES: [u16; 3] = [39, 33, 28];
/// The exponent of the nominees' popularity.
const POPULARITY_ZIPF: f64 = 0.9;
/// Votes of a voter and day, at most.
pub const QUOTA: usize = 10;

/// Phone models, and their spread: the n-th has the weight 1/(n + 8)^0.9, so that the most usual has 2.4%.
const MODELS: u16 = 400;
const MODEL_OFFSET: f64 = 8.0;
const MODEL_EXPONENT: f64 = 0.9;
/// Clients on a phone and their parts: the messenger's browser, its mini-programs, the phone's own browser.
const CLIENTS: [f64; 3] = [0.70, 0.22, 0.08];
/// The part of desktop browsers at a company, and elsewhere.
const DESKTOP_COMPANY: f64 = 0.35;
const DESKTOP_ELSEWHERE: f64 = 0.08;

/// The median time from page to vote, in milliseconds: of those who look around, and of those whom a link brings to
/// one nominee.
pub const SEEN_MS: f64 = 12_000.0;
pub const SEEN_BY_LINK_MS: f64 = 8_000.0;
/// The spread of ln(time) between people, and of one person between visits.
const SEEN_SPREAD_PEOPLE: f64 = 0.5;
const SEEN_SPREAD_VISITS: f64 = 0.7;
/// The least time in which a thumb finds the button.
const SEEN_LEAST_MS: f64 = 700.0;
/// The median and spread of ln(time) between two votes of a visit.
const NEXT_VOTE_MS: f64 = 5_000.0;
const NEXT_VOTE_SPREAD: f64 = 0.6;
/// The part of honest visits without a ticket: pages that were open before tickets came, clients of others.
const UNSEEN: f64 = 0.03;

/// Homes that share a block of addresses.
const HOMES_A_BLOCK: u32 = 64;

/// A network that people vote from.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    /// The address.
    pub address: u32,
    /// Its block.
    pub block: u32,
    /// The part of its people who vote from a desktop.
    pub desktops: f64,
}

/// A person.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// The voter.
    pub voter: u32,
    /// Where from.
    pub network: Network,
    /// The phone, or none for a desktop.
    pub device: Option<u32>,
    /// The nominee by whose link the person came.
    pub share_nominee: Option<u16>,
    /// The person's median time from page to vote, in milliseconds.
    pub seen_ms: f64,
}

/// The votes of a campaign while it is put together, with what only an evaluation knows: which are an attack's.
pub struct Stage {
    /// Chance.
    pub random: Random,
    /// The votes with whether they are an attack's.
    pub votes: Vec<(Vote, bool)>,
    /// The nominees, the most popular first.
    pub ranked: Vec<u16>,
    popularity: Weighted,
    models: Weighted,
    clients: Weighted,
    next_voter: u32,
    next_address: u32,
    next_home: u32,
    home_blocks: u32,
}

impl Stage {
    /// An empty campaign of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let nominees: u16 = CATEGORY_SIZES.iter().sum();
        // Each part of a campaign has voters and addresses of its own.
        let own = u32::try_from(stream).unwrap_or_default() * 1_000_000;
        // The nominees' popularity belongs to the seed and not to the part of the campaign that is put together.
        let mut ranked: Vec<u16> = (0..nominees).collect();
        Random::new(seed, 0).shuffle(&mut ranked);
        let weight = |model: u16| (f64::from(model) + MODEL_OFFSET).powf(-MODEL_EXPONENT);
        Self {
            random: Random::new(seed, stream),
            votes: Vec::new(),
            ranked,
            popularity: Weighted::zipf(nominees, POPULARITY_ZIPF),
            models: Weighted::new((1..=MODELS).map(weight)),
            clients: Weighted::new(CLIENTS),
            next_voter: own,
            next_address: own,
            next_home: 0,
            home_blocks: u32::MAX - own,
        }
    }

    /// Whether something happens that has this chance.
    pub fn chance(&mut self, chance: f64) -> bool {
        self.random.unit() < chance
    }

    /// A value of the standard normal distribution (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.random.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.random.unit()).cos()
    }

    /// A value of the lognormal distribution with this median.
    pub fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        median * (spread * self.normal()).exp()
    }

    /// A value of the exponential distribution with this mean.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.random.unit()).ln()
    }

    /// A nominee, by popularity.
    pub fn nominee(&mut self) -> u16 {
        self.ranked[self.popularity.pick(&mut self.random)]
    }

    /// Nominees by popularity, in addition to these and up to so many in all.
    pub fn fill(&mut self, chosen: &mut Vec<u16>, count: usize) {
        while chosen.len() < count.min(QUOTA) {
            let nominee = self.nominee();
            if !chosen.contains(&nominee) {
                chosen.push(nominee);
            }
        }
    }

    /// A phone with its client.
    pub fn phone(&mut self) -> u32 {
        let model = self.models.pick(&mut self.random);
        self.phone_of(model)
    }

    /// A phone of the model with this rank, with its client.
    pub fn phone_of(&mut self, model: usize) -> u32 {
        let place = model * CLIENTS.len() + self.clients.pick(&mut self.random);
        u32::try_from(place).unwrap_or_default()
    }

    /// A company's network: an address in a block of its own.
    pub fn company(&mut self) -> Network {
        self.next_address += HOMES_A_BLOCK;
        Network {
            address: self.next_address,
            block: self.next_address,
            desktops: DESKTOP_COMPANY,
        }
    }

    /// A carrier's network, or any other of phones only.
    pub fn carrier(&mut self) -> Network {
        Network {
            desktops: 0.0,
            ..self.company()
        }
    }

    /// A home's network, in a block with other homes.
    pub fn home(&mut self) -> Network {
        self.next_home += 1;
        self.next_address += 1;
        Network {
            address: self.next_address,
            block: self.home_blocks - self.next_home / HOMES_A_BLOCK,
            desktops: DESKTOP_ELSEWHERE,
        }
    }

    /// A person at a network, who came by this link or by none.
    pub fn person(&mut self, network: Network, share_nominee: Option<u16>) -> Person {
        self.next_voter += 1;
        let is_desktop = self.chance(network.desktops);
        let phone = self.phone();
        let median = match share_nominee {
            Some(_) => SEEN_BY_LINK_MS,
            None => SEEN_MS,
        };
        Person {
            voter: self.next_voter,
            network,
            device: (!is_desktop).then_some(phone),
            share_nominee,
            seen_ms: self.lognormal(median, SEEN_SPREAD_PEOPLE),
        }
    }

    /// A visit at people's pace that begins at this moment: votes for these, in a random order.
    pub fn visit(&mut self, person: &Person, start_ms: i64, nominees: &[u16], is_attack: bool) {
        let is_unseen = !is_attack && self.chance(UNSEEN);
        let seen = self.lognormal(person.seen_ms, SEEN_SPREAD_VISITS);
        let mut seen = seen.max(SEEN_LEAST_MS);
        let mut order = nominees.to_vec();
        self.random.shuffle(&mut order);
        for nominee in order {
            let seen_ms = (!is_unseen).then_some(whole(seen));
            self.vote(person, start_ms + millis(seen), nominee, seen_ms, is_attack);
            seen += self.lognormal(NEXT_VOTE_MS, NEXT_VOTE_SPREAD);
        }
    }

    /// One vote.
    pub fn vote(
        &mut self,
        person: &Person,
        cast_at_ms: i64,
        nominee: u16,
        seen_ms: Option<u32>,
        is_attack: bool,
    ) {
        let vote = Vote {
            nominee,
            voter: person.voter,
            cast_at_ms,
            seen_ms,
            share_nominee: person.share_nominee,
            address: person.network.address,
            block: person.network.block,
            device: person.device,
        };
        self.votes.push((vote, is_attack));
    }
}

/// The category of each nominee.
#[must_use]
pub fn categories() -> Vec<u16> {
    let sizes = (0u16..).zip(CATEGORY_SIZES);
    let members = |(category, size)| std::iter::repeat_n(category, usize::from(size));
    sizes.flat_map(members).collect()
}

/// A length of time in whole milliseconds.
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "times within a campaign")]
pub fn millis(time: f64) -> i64 {
    time.round() as i64
}

/// The same where it cannot be negative.
#[must_use]
pub fn whole(time: f64) -> u32 {
    u32::try_from(millis(time)).unwrap_or_default()
}
