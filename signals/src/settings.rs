//! The thresholds of all signals, with where they start.

use serde::{Deserialize, Serialize};

/// Milliseconds of a minute, an hour and a day.
pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// Settings of all signals.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SignalSettings {
    /// Milliseconds that the campaign's local time is ahead of UTC: its own, no setting.
    #[serde(skip)]
    pub utc_offset_ms: i64,
    /// Share spikes and waves.
    pub spike: SpikeSettings,
    /// Night drips.
    pub drip: DripSettings,
    /// Selective networks and models, many small networks.
    pub network: NetworkSettings,
    /// Same ballots.
    pub ballot: BallotSettings,
    /// Unseen votes of a nominee.
    pub unseen: UnseenSettings,
    /// Behaviours of a cell.
    pub behaviour: BehaviourSettings,
    /// Cases.
    pub case: CaseSettings,
}

/// Settings of share spikes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct SpikeSettings {
    /// Minutes of a window.
    pub window_minutes: u32,
    /// Forgetting a window (lambda): 1/36 for three hours in windows of five minutes.
    pub forgetting: f64,
    /// Votes that a category's baseline must weigh before it is compared with.
    pub baseline_min: f64,
    /// Forgetting of a nominee's own overdispersion.
    pub own_forgetting: f64,
    /// The most that one window's z squared counts in it.
    pub own_square_max: f64,
    /// Expected votes of a nominee from which on it counts for the window's overdispersion.
    pub mix_expected_min: f64,
    /// The least standard deviations.
    pub z: f64,
    /// The least ratio of votes to expected votes.
    pub ratio: f64,
    /// The least excess, in two of three windows.
    pub excess: f64,
    /// The least excess in one window.
    pub excess_at_once: f64,
    /// The least excess of a wave, in one window: waves are no alarms, and a cell of fewer visits shows nothing.
    pub wave_excess: f64,
    /// Quiet windows after which an alarm ends.
    pub quiet_windows: u32,
    /// Milliseconds after which an alarm ends in any case.
    pub alarm_max_ms: i64,
    /// Milliseconds in which nothing rings: after a story, and after an alarm that had to end.
    pub held_back_ms: i64,
}

impl Default for SpikeSettings {
    fn default() -> Self {
        Self {
            window_minutes: 5,
            forgetting: 1.0 / 36.0,
            baseline_min: 200.0,
            own_forgetting: 0.02,
            own_square_max: 50.0,
            mix_expected_min: 2.0,
            z: 6.0,
            ratio: 1.5,
            excess: 50.0,
            excess_at_once: 200.0,
            wave_excess: 30.0,
            quiet_windows: 3,
            alarm_max_ms: 6 * HOUR_MS,
            held_back_ms: 3 * HOUR_MS,
        }
    }
}

/// Settings of night drips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DripSettings {
    /// When the night begins, in milliseconds of local time.
    pub night_from_ms: i64,
    /// How long it is.
    pub night_ms: i64,
    /// The time before the night that it is compared with.
    pub before_ms: i64,
    /// The time after the night that it is compared with.
    pub after_ms: i64,
    /// The least standard deviations, on the scale of all nominees.
    pub z: f64,
    /// The least excess.
    pub excess: f64,
    /// The least ratio of votes to expected votes.
    pub ratio: f64,
}

impl Default for DripSettings {
    fn default() -> Self {
        Self {
            night_from_ms: 23 * HOUR_MS,
            night_ms: 8 * HOUR_MS,
            before_ms: 16 * HOUR_MS,
            after_ms: 5 * HOUR_MS,
            z: 5.0,
            excess: 25.0,
            ratio: 1.5,
        }
    }
}

/// Settings of networks and models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct NetworkSettings {
    /// The least odds ratio of a selective network.
    pub odds_ratio: f64,
    /// The least odds ratio of a selective model.
    pub model_odds_ratio: f64,
    /// The least voters for the nominee, in a selective network or model.
    pub voters: u32,
    /// The greatest chance of as many among a selective network's or model's voters.
    pub tail: f64,
    /// Voters of the category from and to which a network is small.
    pub small_voters: (u32, u32),
    /// The least voters for the nominee in a small network.
    pub small_for_nominee: u32,
    /// The greatest chance of as many in a small network.
    pub small_tail: f64,
    /// The least number of small networks.
    pub small_networks: u32,
    /// The least ratio of their number to what the nominee's voters let expect.
    pub small_ratio: f64,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            odds_ratio: 10.0,
            model_odds_ratio: 3.0,
            voters: 30,
            tail: 1e-6,
            small_voters: (4, 200),
            small_for_nominee: 3,
            small_tail: 1e-3,
            small_networks: 15,
            small_ratio: 6.0,
        }
    }
}

/// Settings of same ballots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BallotSettings {
    /// The least nominees of a set.
    pub nominees: usize,
    /// The least voters with the same set on a day.
    pub voters: u32,
    /// The least ratio to the expected number.
    pub ratio: f64,
    /// Nominees above which the expected number is approximated.
    pub exact_max: usize,
    /// The least ratio where it is.
    pub ratio_approximate: f64,
}

impl Default for BallotSettings {
    fn default() -> Self {
        Self {
            nominees: 3,
            voters: 30,
            ratio: 10.0,
            exact_max: 6,
            ratio_approximate: 100.0,
        }
    }
}

/// Settings of unseen votes of a nominee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct UnseenSettings {
    /// The least excess of a day.
    pub excess: f64,
    /// The least ratio to the expected number.
    pub ratio: f64,
    /// Votes of a nominee and day from which on its rate counts for the category's median.
    pub votes_min: u32,
}

impl Default for UnseenSettings {
    fn default() -> Self {
        Self {
            excess: 50.0,
            ratio: 3.0,
            votes_min: 30,
        }
    }
}

/// Settings of behaviours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct BehaviourSettings {
    /// Visits of a cell, at least.
    pub visits: usize,
    /// The least part of unseen visits beyond the campaign's usual rate.
    pub unseen: f64,
    /// The same in a spike or wave, beyond twice the usual rate.
    pub unseen_in_spike: f64,
    /// Milliseconds from page to vote within which a vote is fast.
    pub fast_ms: u32,
    /// The least part of fast visits.
    pub fast: f64,
    /// The same in a spike or wave.
    pub fast_in_spike: f64,
    /// The least chance that two phones of one address are of one model.
    pub phones: f64,
    /// The least ratio of that chance to the chance over the whole cell.
    pub phones_ratio: f64,
    /// The least phones for it.
    pub phones_min: u32,
    /// The least pairs of phones of one address for it.
    pub phone_pairs_min: u64,
    /// Gaps of a chunk.
    pub clock_chunk: usize,
    /// Distance from the median gap, as a part of it, within which a gap is even.
    pub clock_near: f64,
    /// The least part of even gaps: 14% are even by chance (exponential gaps).
    pub clock_even: f64,
    /// The greatest coefficient of variation, which is enough instead.
    pub clock_variation: f64,
    /// The least part of such chunks.
    pub clock_chunks: f64,
    /// The greatest ratio of the spread of ln(seen) to the campaign's.
    pub pace: f64,
    /// Milliseconds of local time from and to which it is late at night.
    pub night_ms: (i64, i64),
    /// The least part of visits late at night.
    pub night: f64,
    /// Addresses of a cell for which the night says something.
    pub night_addresses: usize,
    /// The least part of voters who come again the next day.
    pub repeat: f64,
    /// The least voters for it.
    pub repeat_voters: usize,
    /// The least part of phones that are of one model.
    pub one_model: f64,
    /// The least part of a network's voters in the cell, for a rule to take the cell.
    pub network_whole: f64,
}

impl Default for BehaviourSettings {
    fn default() -> Self {
        Self {
            visits: 30,
            unseen: 0.5,
            unseen_in_spike: 0.25,
            fast_ms: 3_000,
            fast: 0.5,
            fast_in_spike: 0.25,
            phones: 0.2,
            phones_ratio: 4.0,
            phones_min: 30,
            phone_pairs_min: 100,
            clock_chunk: 50,
            clock_near: 0.2,
            clock_even: 0.4,
            clock_variation: 0.35,
            clock_chunks: 0.5,
            pace: 0.45,
            night_ms: (HOUR_MS, 5 * HOUR_MS),
            night: 0.1,
            night_addresses: 5,
            repeat: 0.95,
            repeat_voters: 60,
            one_model: 0.8,
            network_whole: 0.8,
        }
    }
}

/// Settings of cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CaseSettings {
    /// Milliseconds within which alarms of one nominee are one case.
    pub same_nominee_ms: i64,
    /// The least part of the smaller cell's voters that two cells of one case share.
    pub shared_voters: f64,
}

impl Default for CaseSettings {
    fn default() -> Self {
        Self {
            same_nominee_ms: DAY_MS,
            shared_voters: 0.5,
        }
    }
}
