//! Alarms: a where, with the votes that it is about, and the hows that these show.

/// A signal of where votes concentrate.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Signal {
    /// The same ballot again and again.
    SameBallot,
    /// A nominee's voters come from many small networks that vote for it.
    ManySmallNetworks,
    /// An address or block votes for a nominee.
    SelectiveNetwork,
    /// A phone model votes for a nominee.
    SelectiveModel,
    /// A nominee takes more of its category than in the hours before.
    ShareSpike,
    /// The same over votes by its share link too.
    Wave,
    /// A nominee takes more at night than by day.
    NightDrip,
    /// A nominee has votes that brought no ticket.
    Unseen,
}

impl Signal {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SameBallot => "same ballot",
            Self::ManySmallNetworks => "many networks",
            Self::SelectiveNetwork => "network",
            Self::SelectiveModel => "model",
            Self::ShareSpike => "spike",
            Self::Wave => "wave",
            Self::NightDrip => "drip",
            Self::Unseen => "unseen votes",
        }
    }

    /// Whether it rings by itself; the others are a list at the desk until a how joins them.
    #[must_use]
    pub fn rings_alone(self) -> bool {
        !matches!(
            self,
            Self::SelectiveNetwork | Self::SelectiveModel | Self::Wave
        )
    }
}

/// A place that votes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// An address.
    Address(u32),
    /// A block of addresses.
    Block(u32),
    /// Several addresses.
    Addresses(Vec<u32>),
    /// Phones of a model.
    Device(u32),
}

/// A point of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The start of its time.
    pub at_ms: i64,
    /// Votes.
    pub value: f64,
    /// Expected votes.
    pub expected: f64,
}

/// A behaviour that no crowd of people has, or for the weak ones few.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Behaviour {
    /// Votes without a ticket.
    Unseen,
    /// Votes within seconds of the page.
    Fast,
    /// Phones of one address are of one model.
    Phones,
    /// Even gaps between visits.
    Clock,
    /// Even times from page to vote (weak).
    Pace,
    /// Late at night (weak).
    Night,
    /// Nearly all come again the next day (weak).
    Repeat,
    /// One model everywhere (weak).
    OneModel,
}

impl Behaviour {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unseen => "unseen",
            Self::Fast => "fast",
            Self::Phones => "phones",
            Self::Clock => "clock",
            Self::Pace => "pace",
            Self::Night => "night",
            Self::Repeat => "repeat",
            Self::OneModel => "one model",
        }
    }

    /// Whether two of these count as one.
    #[must_use]
    pub fn is_weak(self) -> bool {
        matches!(
            self,
            Self::Pace | Self::Night | Self::Repeat | Self::OneModel
        )
    }
}

/// A behaviour found in a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The behaviour.
    pub behaviour: Behaviour,
    /// Its number: a part of visits, voters or phones, a chance, or for the pace a ratio of spreads.
    pub number: f64,
    /// The number from which on it is a finding; for the pace, up to which.
    pub threshold: f64,
    /// The voters it names, for `Phones`.
    pub voters: Vec<u32>,
    /// The model it names, for `OneModel`.
    pub device: Option<u32>,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq)]
pub struct Alarm {
    /// The signal.
    pub signal: Signal,
    /// The nominee, or those of the ballot.
    pub nominees: Vec<u16>,
    /// Where from.
    pub place: Place,
    /// When it rang.
    pub rung_at_ms: i64,
    /// The time it is about, the end left out.
    pub from_ms: i64,
    /// The end.
    pub until_ms: i64,
    /// Votes, voters (networks, models, ballots) or networks (many small ones).
    pub number: f64,
    /// How many of them were expected.
    pub expected: f64,
    /// The votes it is about: places in the table.
    pub cell: Vec<u32>,
    /// The cell's votes over time, at most 200 points.
    pub series: Vec<Point>,
    /// The behaviours of the cell.
    pub findings: Vec<Finding>,
    /// Whether nearly all voters of the network are in the cell.
    pub is_whole_network: bool,
}

impl Alarm {
    /// Whether the cell shows a behaviour.
    #[must_use]
    pub fn shows(&self, behaviour: Behaviour) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.behaviour == behaviour)
    }

    /// Whether there is a how beside the where: one, or two weak ones. Unseen votes of a nominee are no how of
    /// themselves; one model beside them is enough, since it tells them from the honest unseen votes of a third of
    /// their number. Late hours and coming again do not.
    #[must_use]
    pub fn has_how(&self) -> bool {
        if self.signal == Signal::Unseen {
            let tells = [Behaviour::Phones, Behaviour::Clock, Behaviour::OneModel];
            return tells.iter().any(|behaviour| self.shows(*behaviour));
        }
        let weak = self.findings.iter().filter(|f| f.behaviour.is_weak());
        weak.count() >= 2 || self.findings.iter().any(|f| !f.behaviour.is_weak())
    }
}
