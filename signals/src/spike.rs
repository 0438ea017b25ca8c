//! Share spikes and waves: a nominee takes more of its category's votes than in the three hours before.
//!
//! Works on sums of votes a minute, so that a worker can feed it from a table of sums. Of all votes it finds waves,
//! which a posted share link makes too; of votes that did not come by the nominee's own link it finds spikes.

use std::collections::VecDeque;

use crate::alarm::Point;
use crate::settings::{MINUTE_MS, SpikeSettings};
use crate::statistics::robust_deviation;
use crate::sums::MinuteSum;
use crate::vote::Story;

/// Windows before an alarm that its chart shows.
const CHART_BEFORE: usize = 12;
/// Nominees with enough votes that it takes to tell a window's own spread from chance.
const MIX_NOMINEES: usize = 5;
/// Votes that a nominee without any is thought to have had, so that its first is no miracle.
const PRIOR_VOTES: f64 = 0.5;

/// A spike or wave of a nominee.
#[derive(Debug, Clone, PartialEq)]
pub struct Spike {
    /// The nominee.
    pub nominee: u16,
    /// When it began and ended: milliseconds of Unix time, the end left out.
    pub from_ms: i64,
    /// The end.
    pub until_ms: i64,
    /// When it rang: the end of the window.
    pub rung_at_ms: i64,
    /// Votes in this time.
    pub number: f64,
    /// Expected votes.
    pub expected: f64,
    /// Votes and expected votes of its windows and those before.
    pub series: Vec<Point>,
}

/// Finds the spikes of votes that did not come by the nominee's own link.
#[must_use]
pub fn share_spikes(
    sums: &[MinuteSum],
    categories: &[u16],
    stories: &[Story],
    settings: &SpikeSettings,
) -> Vec<Spike> {
    let votes = |sum: &MinuteSum| sum.without_own_share;
    Detector::new(categories, stories, settings).run(sums, votes)
}

/// Finds the waves: the same over all votes, from a smaller excess on.
#[must_use]
pub fn waves(
    sums: &[MinuteSum],
    categories: &[u16],
    stories: &[Story],
    settings: &SpikeSettings,
) -> Vec<Spike> {
    let settings = SpikeSettings {
        excess_at_once: settings.wave_excess,
        ..settings.clone()
    };
    Detector::new(categories, stories, &settings).run(sums, |sum| sum.votes)
}

/// A window of a nominee against its baseline.
#[derive(Debug, Clone, Copy)]
struct Reading {
    votes: f64,
    expected: f64,
    z: f64,
}

#[derive(Debug, Clone)]
struct Nominee {
    category: usize,
    /// A: its votes, weighed.
    baseline: f64,
    /// The EWMA of its z squared.
    own: f64,
    recent: VecDeque<Point>,
    /// Whether each of the last windows was loud enough, the newest first.
    loud: [bool; 3],
    held_until_ms: i64,
    alarm: Option<Spike>,
    quiet: u32,
}

struct Detector<'a> {
    settings: &'a SpikeSettings,
    stories: &'a [Story],
    nominees: Vec<Nominee>,
    /// B of each category.
    baselines: Vec<f64>,
    found: Vec<Spike>,
}

impl<'a> Detector<'a> {
    fn new(categories: &[u16], stories: &'a [Story], settings: &'a SpikeSettings) -> Self {
        let nominee = |category: &u16| Nominee {
            category: usize::from(*category),
            baseline: 0.0,
            own: 1.0,
            recent: VecDeque::new(),
            loud: [false; 3],
            held_until_ms: i64::MIN,
            alarm: None,
            quiet: 0,
        };
        let last = categories.iter().max().copied().unwrap_or_default();
        Self {
            settings,
            stories,
            nominees: categories.iter().map(nominee).collect(),
            baselines: vec![0.0; usize::from(last) + 1],
            found: Vec::new(),
        }
    }

    fn run(mut self, sums: &[MinuteSum], votes: impl Fn(&MinuteSum) -> u32) -> Vec<Spike> {
        let length = i64::from(self.settings.window_minutes.max(1));
        let window_of = |sum: &MinuteSum| sum.minute.div_euclid(length);
        let mut next = sums.first().map(window_of).unwrap_or_default();
        for chunk in sums.chunk_by(|a, b| window_of(a) == window_of(b)) {
            let window = window_of(&chunk[0]);
            // Windows without any vote teach nothing and end alarms.
            let idle = (window - next).min(self.idle_max());
            for empty in window - idle..window {
                self.window(empty * length * MINUTE_MS, &vec![0.0; self.nominees.len()]);
            }
            let mut counts = vec![0.0; self.nominees.len()];
            for sum in chunk {
                if let Some(count) = counts.get_mut(usize::from(sum.nominee)) {
                    *count += f64::from(votes(sum));
                }
            }
            self.window(window * length * MINUTE_MS, &counts);
            next = window + 1;
        }
        for nominee in &mut self.nominees {
            self.found.extend(nominee.alarm.take());
        }
        self.found.sort_by_key(|spike| spike.rung_at_ms);
        self.found
    }

    /// Empty windows after which everything is forgotten.
    fn idle_max(&self) -> i64 {
        let window_ms = i64::from(self.settings.window_minutes.max(1)) * MINUTE_MS;
        4 * self.settings.alarm_max_ms / window_ms
    }

    fn window(&mut self, from_ms: i64, counts: &[f64]) {
        let mut totals = vec![0.0; self.baselines.len()];
        for (nominee, count) in self.nominees.iter().zip(counts) {
            totals[nominee.category] += count;
        }
        let readings: Vec<Option<Reading>> = self
            .nominees
            .iter()
            .zip(counts)
            .map(|(nominee, votes)| {
                let category = nominee.category;
                self.read(nominee, *votes, totals[category])
            })
            .collect();
        let mix = self.mix(&readings);
        let window_ms = i64::from(self.settings.window_minutes.max(1)) * MINUTE_MS;
        for (place, reading) in readings.into_iter().enumerate() {
            self.judge(place, reading, mix, from_ms, from_ms + window_ms);
            let keeps = 1.0 - self.settings.forgetting;
            let nominee = &mut self.nominees[place];
            let taught = match (&nominee.alarm, reading) {
                (Some(_), Some(reading)) => reading.expected,
                _ => counts[place],
            };
            nominee.baseline = keeps * nominee.baseline + taught;
        }
        for (baseline, total) in self.baselines.iter_mut().zip(totals) {
            *baseline = (1.0 - self.settings.forgetting) * *baseline + total;
        }
    }

    /// The window against the baseline, at an overdispersion of 1. The baseline's own error: with weights that fall
    /// by l a window, var(A / B) = p (1 - p) / (2 B), which for N votes adds N / (2 B) to the variance.
    fn read(&self, nominee: &Nominee, votes: f64, total: f64) -> Option<Reading> {
        let baseline = self.baselines[nominee.category];
        if baseline < self.settings.baseline_min {
            return None;
        }
        let share = (nominee.baseline.max(PRIOR_VOTES) / baseline).min(1.0);
        let expected = total * share;
        let variance = expected * (1.0 - share) * (1.0 + total / (2.0 * baseline));
        let z = if variance > 0.0 {
            (votes - expected) / variance.sqrt()
        } else {
            0.0
        };
        Some(Reading { votes, expected, z })
    }

    /// The overdispersion that all nominees of the window have.
    fn mix(&self, readings: &[Option<Reading>]) -> f64 {
        let known = readings.iter().flatten();
        let with_votes = known.filter(|reading| reading.expected >= self.settings.mix_expected_min);
        let mut deviations: Vec<f64> = with_votes.map(|reading| reading.z).collect();
        if deviations.len() < MIX_NOMINEES {
            return 1.0;
        }
        robust_deviation(&mut deviations).powi(2)
    }

    fn judge(
        &mut self,
        place: usize,
        reading: Option<Reading>,
        mix: f64,
        from_ms: i64,
        until_ms: i64,
    ) {
        let settings = self.settings;
        let Some(Reading { votes, expected, z }) = reading else {
            return;
        };
        let number = u16::try_from(place).unwrap_or(u16::MAX);
        let nominee = &mut self.nominees[place];
        let scaled = z / nominee.own.max(mix).max(1.0).sqrt();
        let is_high = scaled >= settings.z && votes >= settings.ratio * expected;
        let excess = votes - expected;
        nominee.loud.rotate_right(1);
        nominee.loud[0] = is_high && excess >= settings.excess;
        let point = Point {
            at_ms: from_ms,
            value: votes,
            expected,
        };
        nominee.recent.push_back(point);
        if nominee.recent.len() > CHART_BEFORE {
            nominee.recent.pop_front();
        }
        if let Some(mut alarm) = nominee.alarm.take() {
            alarm.until_ms = until_ms;
            alarm.number += votes;
            alarm.expected += expected;
            alarm.series.push(point);
            nominee.quiet = if is_high { 0 } else { nominee.quiet + 1 };
            let is_long = until_ms - alarm.from_ms >= settings.alarm_max_ms;
            if is_long {
                nominee.held_until_ms = until_ms + settings.held_back_ms;
            }
            if is_long || nominee.quiet >= settings.quiet_windows {
                nominee.loud = [false; 3];
                self.found.push(alarm);
            } else {
                nominee.alarm = Some(alarm);
            }
            return;
        }
        let rings = is_high && excess >= settings.excess_at_once
            || nominee.loud[0] && (nominee.loud[1] || nominee.loud[2]);
        let is_told = |story: &Story| {
            let after = from_ms - story.published_at_ms;
            story.nominee == number
                && (-(until_ms - from_ms) < after && after < settings.held_back_ms)
        };
        let is_held = from_ms < nominee.held_until_ms || self.stories.iter().any(is_told);
        if rings && !is_held {
            let windows = nominee.loud.iter().rposition(|loud| *loud).unwrap_or(0) + 1;
            nominee.quiet = 0;
            nominee.alarm = Some(begin(number, &nominee.recent, windows, until_ms));
        } else {
            let square = z.powi(2).min(settings.own_square_max);
            nominee.own += settings.own_forgetting * (square - nominee.own);
        }
    }
}

/// An alarm over the last windows.
fn begin(nominee: u16, recent: &VecDeque<Point>, windows: usize, until_ms: i64) -> Spike {
    let first = recent.len().saturating_sub(windows);
    let own = recent.iter().skip(first);
    Spike {
        nominee,
        from_ms: recent.get(first).map_or(until_ms, |point| point.at_ms),
        until_ms,
        rung_at_ms: until_ms,
        number: own.clone().map(|point| point.value).sum(),
        expected: own.map(|point| point.expected).sum(),
        series: recent.iter().copied().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sums::MinuteSum;

    /// Minutes of a test.
    const LENGTH: i64 = 12 * 60;

    /// Twenty nominees of one category with 20 votes a window each, but for these votes of nominee 3: from a minute up
    /// to another, so many more each fifth minute.
    fn sums(more: &[(i64, i64, u32)], by_own_share: u32) -> Vec<MinuteSum> {
        let mut sums = Vec::new();
        for minute in (0..LENGTH).step_by(5) {
            for nominee in 0..20 {
                // Chance: 16 to 24.
                let usual =
                    16 + (u32::from(nominee) * 7 + u32::try_from(minute / 5).unwrap() * 5) % 9;
                let now = more
                    .iter()
                    .find(|(from, until, _)| (*from..*until).contains(&minute));
                let more = now.filter(|_| nominee == 3).map_or(0, |more| more.2);
                sums.push(MinuteSum {
                    minute,
                    nominee,
                    votes: usual + more,
                    without_own_share: usual + more - more * by_own_share / 100,
                    unseen: 0,
                });
            }
        }
        sums
    }

    fn spikes(more: &[(i64, i64, u32)]) -> Vec<Spike> {
        share_spikes(&sums(more, 0), &[0; 20], &[], &SpikeSettings::default())
    }

    #[test]
    fn a_flood_of_one_window_rings_from_two_hundred_on() {
        assert!(spikes(&[]).is_empty());
        // Its own votes raise what is expected of it, too.
        assert!(spikes(&[(300, 305, 190)]).is_empty());
        let found = spikes(&[(300, 305, 230)]);
        assert_eq!(found.len(), 1);
        let minutes = |time: i64| time / MINUTE_MS;
        assert_eq!((found[0].nominee, minutes(found[0].from_ms)), (3, 300));
        assert_eq!(minutes(found[0].rung_at_ms), 305);
        assert_eq!(minutes(found[0].until_ms), 320, "after three quiet windows");
        assert!(found[0].number > 300.0 && found[0].expected < 140.0);
        assert!(found[0].series.len() <= 200);
    }

    #[test]
    fn a_smaller_one_rings_in_two_windows_of_three() {
        assert!(spikes(&[(300, 305, 100)]).is_empty());
        let found = spikes(&[(300, 305, 100), (310, 315, 100)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].from_ms, 300 * MINUTE_MS);
        assert_eq!(found[0].rung_at_ms, 315 * MINUTE_MS);
        assert!(spikes(&[(300, 305, 100), (315, 320, 100)]).is_empty());
    }

    #[test]
    fn an_alarm_teaches_nothing_until_it_must_end() {
        let found = spikes(&[(240, 720, 100)]);
        assert_eq!(
            found.len(),
            1,
            "six hours, and then three in which it is learnt"
        );
        let length = found[0].until_ms - found[0].from_ms;
        assert_eq!(length, SpikeSettings::default().alarm_max_ms);
        let expected = found[0].expected / crate::statistics::real(found[0].series.len());
        assert!(expected < 30.0, "{expected} a window, though it has 120");
    }

    #[test]
    fn votes_by_the_own_link_are_a_wave_and_no_spike() {
        let small = sums(&[(300, 305, 60)], 0);
        let sums = sums(&[(300, 320, 200)], 90);
        let settings = SpikeSettings::default();
        assert!(share_spikes(&sums, &[0; 20], &[], &settings).is_empty());
        assert_eq!(waves(&sums, &[0; 20], &[], &settings).len(), 1);
        assert!(share_spikes(&small, &[0; 20], &[], &settings).is_empty());
        assert_eq!(waves(&small, &[0; 20], &[], &settings).len(), 1);
    }

    #[test]
    fn a_story_explains_a_spike_of_its_nominee_for_three_hours() {
        let sums = sums(&[(300, 305, 300)], 0);
        let found = |nominee, minute: i64| {
            let story = Story {
                nominee,
                published_at_ms: minute * MINUTE_MS,
            };
            share_spikes(&sums, &[0; 20], &[story], &SpikeSettings::default()).len()
        };
        assert_eq!(found(3, 301), 0);
        assert_eq!(found(3, 150), 0);
        assert_eq!(found(3, 110), 1);
        assert_eq!(found(4, 301), 1);
    }
}
