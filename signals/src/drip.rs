//! Night drips: a nominee takes more of its category's votes at night than in the day around it.

use crate::settings::{DAY_MS, DripSettings, HOUR_MS, MINUTE_MS};
use crate::statistics::robust_deviation;
use crate::sums::{MinuteSum, between};

/// A drip of a nominee.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drip {
    /// The nominee.
    pub nominee: u16,
    /// The night's beginning.
    pub from_ms: i64,
    /// Its end, left out.
    pub until_ms: i64,
    /// When it could be told: after the hours that follow.
    pub rung_at_ms: i64,
    /// Votes that did not come by the nominee's own link.
    pub number: f64,
    /// Expected votes.
    pub expected: f64,
}

/// Hours of the night, the strongest ones, without which the excess must still be there: a drip is slow, and a
/// workplace that calls for a colleague in the evening is over within these.
const BURST_HOURS: usize = 2;

/// Finds the drips of all nights whose following hours are over at `now_ms`. With x of N votes at night and a of A by
/// day, p = a / A: z = (x - N p) / sqrt(N p (1 - p) (1 + N / A)), over the scale of all nominees' z.
#[must_use]
pub fn night_drips(
    sums: &[MinuteSum],
    categories: &[u16],
    utc_offset_ms: i64,
    now_ms: i64,
    settings: &DripSettings,
) -> Vec<Drip> {
    let Some(first) = sums.first() else {
        return Vec::new();
    };
    let first_ms = first.minute * MINUTE_MS + utc_offset_ms;
    let mut night_ms = first_ms.div_euclid(DAY_MS) * DAY_MS - utc_offset_ms;
    night_ms += settings.night_from_ms;
    let mut drips = Vec::new();
    while night_ms + settings.night_ms + settings.after_ms <= now_ms {
        drips.extend(night(sums, categories, night_ms, settings));
        night_ms += DAY_MS;
    }
    drips
}

fn night(
    sums: &[MinuteSum],
    categories: &[u16],
    from_ms: i64,
    settings: &DripSettings,
) -> Vec<Drip> {
    let until_ms = from_ms + settings.night_ms;
    let rung_at_ms = until_ms + settings.after_ms;
    let at_night = votes(between(sums, from_ms, until_ms), categories.len());
    let before = votes(
        between(sums, from_ms - settings.before_ms, from_ms),
        categories.len(),
    );
    let after = votes(between(sums, until_ms, rung_at_ms), categories.len());
    let by_day: Vec<f64> = before.iter().zip(after).map(|(a, b)| a + b).collect();
    let total = |votes: &[f64], category: u16| -> f64 {
        let members = votes
            .iter()
            .zip(categories)
            .filter(|(_, of)| **of == category);
        members.map(|(votes, _)| *votes).sum()
    };
    let reading = |nominee: usize| {
        let (night, day) = (
            total(&at_night, categories[nominee]),
            total(&by_day, categories[nominee]),
        );
        let share = by_day[nominee] / day;
        let expected = night * share;
        let variance = expected * (1.0 - share) * (1.0 + night / day);
        let z = (at_night[nominee] - expected) / variance.sqrt();
        (z, at_night[nominee], expected)
    };
    let readings: Vec<(f64, f64, f64)> = (0..categories.len()).map(reading).collect();
    let mut scores: Vec<f64> = readings.iter().map(|reading| reading.0).collect();
    scores.retain(|z| z.is_finite());
    let scale = robust_deviation(&mut scores).max(1.0);
    let rings = |(z, votes, expected): (f64, f64, f64)| {
        z / scale >= settings.z
            && votes - expected >= settings.excess
            && votes >= settings.ratio * expected
    };
    let share = |nominee: usize| by_day[nominee] / total(&by_day, categories[nominee]);
    (0u16..)
        .zip(readings)
        .filter(|(_, reading)| rings(*reading))
        .filter(|(nominee, _)| {
            let of_hours = hourly(sums, categories, *nominee, from_ms..until_ms);
            slow_excess(&of_hours, share(usize::from(*nominee))) >= settings.excess
        })
        .map(|(nominee, (_, number, expected))| Drip {
            nominee,
            from_ms,
            until_ms,
            rung_at_ms,
            number,
            expected,
        })
        .collect()
}

/// The nominee's and its category's votes of each hour.
fn hourly(
    sums: &[MinuteSum],
    categories: &[u16],
    nominee: u16,
    night: std::ops::Range<i64>,
) -> Vec<(f64, f64)> {
    let category = categories[usize::from(nominee)];
    let mut hours = Vec::new();
    let mut from_ms = night.start;
    while from_ms < night.end {
        let (mut own, mut all) = (0.0, 0.0);
        for sum in between(sums, from_ms, from_ms + HOUR_MS) {
            let votes = f64::from(sum.without_own_share);
            own += if sum.nominee == nominee { votes } else { 0.0 };
            let is_of_category = categories.get(usize::from(sum.nominee)) == Some(&category);
            all += if is_of_category { votes } else { 0.0 };
        }
        hours.push((own, all));
        from_ms += HOUR_MS;
    }
    hours
}

/// The excess over the hours but the strongest.
fn slow_excess(hours: &[(f64, f64)], share: f64) -> f64 {
    let mut excesses: Vec<f64> = hours.iter().map(|(own, all)| own - all * share).collect();
    excesses.sort_unstable_by(f64::total_cmp);
    let slow = excesses.len().saturating_sub(BURST_HOURS);
    excesses[..slow].iter().sum()
}

/// Each nominee's votes that did not come by its own link.
fn votes(sums: &[MinuteSum], nominees: usize) -> Vec<f64> {
    let mut votes = vec![0.0; nominees];
    for sum in sums {
        if let Some(votes) = votes.get_mut(usize::from(sum.nominee)) {
            *votes += f64::from(sum.without_own_share);
        }
    }
    votes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two days of ten nominees with some 30 votes an hour each; nominee 4 has so many more in these hours.
    fn sums(hours: std::ops::Range<i64>, more: u32) -> Vec<MinuteSum> {
        let mut sums = Vec::new();
        for hour in 0..48 {
            for nominee in 0..10 {
                let chance = (u32::from(nominee) * 3 + u32::try_from(hour).unwrap() * 5) % 11;
                let is_more = nominee == 4 && hours.contains(&hour);
                sums.push(MinuteSum {
                    minute: hour * 60,
                    nominee,
                    votes: 1_000,
                    without_own_share: 25 + chance + if is_more { more } else { 0 },
                    unseen: 0,
                });
            }
        }
        sums
    }

    fn drips(hours: std::ops::Range<i64>, more: u32, now_hour: i64) -> Vec<Drip> {
        let settings = DripSettings::default();
        let now_ms = now_hour * HOUR_MS;
        night_drips(&sums(hours, more), &[0; 10], 0, now_ms, &settings)
    }

    #[test]
    fn a_drip_is_told_at_noon() {
        assert!(drips(0..0, 0, 48).is_empty());
        assert!(drips(23..31, 25, 35).is_empty(), "the morning is not over");
        let found = drips(23..31, 25, 36);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].nominee, 4);
        assert_eq!(found[0].rung_at_ms, 36 * HOUR_MS);
        assert!((found[0].number - found[0].expected - 180.0).abs() < 30.0);
        assert!(
            drips(23..31, 10, 48).is_empty(),
            "below one and a half times"
        );
        assert!(drips(0..48, 25, 48).is_empty(), "by day as well");
        assert_eq!(drips(23..31, 17, 48).len(), 1);
        assert!(drips(23..36, 17, 48).is_empty(), "in the morning as well");
    }

    #[test]
    fn a_burst_is_none() {
        assert!(drips(23..25, 200, 48).is_empty());
        assert_eq!(drips(23..31, 60, 48).len(), 1);
    }
}
