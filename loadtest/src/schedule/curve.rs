//! When people come: the course of a day, and the moments at which a push brings many at once.

use crate::random::{Random, Weighted};

/// Milliseconds of a day.
pub const DAY_MS: u32 = 24 * 60 * 60 * 1_000;
/// Days of the campaign, which begins at midnight.
pub const DAYS: u32 = 3;
/// Milliseconds of the campaign: 72 hours.
pub const CAMPAIGN_MS: u32 = DAYS * DAY_MS;
/// Hours at which a push goes out: the peaks of the day, which is the hardest case.
pub const PUSH_HOURS: [f64; 3] = [8.0, 12.5, 21.0];
/// Milliseconds in which those come whom a push brings.
pub const PUSH_MS: u32 = 5 * 60 * 1_000;
/// The part of a day's traffic that each push brings.
pub const PUSH_SHARE: f64 = 0.1;

/// Hour, height and width (hours) of the peaks of a day, besides the pushes.
const PEAKS: [(f64, f64, f64); 3] = [(8.0, 0.8, 1.0), (12.5, 0.8, 1.0), (21.0, 1.0, 1.5)];
/// The traffic at any hour, as a part of the highest peak.
const NIGHT: f64 = 0.05;
/// The traffic of the day between its peaks.
const DAYTIME: f64 = 0.25;
const MINUTES: u32 = 24 * 60;
const MINUTE_MS: u32 = DAY_MS / MINUTES;

/// The course of a day.
#[derive(Debug, Clone)]
pub struct Curve(Weighted);

impl Curve {
    /// The day of the reference campaign.
    #[must_use]
    pub fn new() -> Self {
        let middle = |minute: u32| (f64::from(minute) + 0.5) / 60.0;
        Self(Weighted::new(
            (0..MINUTES).map(|minute| density(middle(minute))),
        ))
    }

    /// A moment of a day, in milliseconds.
    pub fn pick(&self, random: &mut Random) -> u32 {
        let minute = u32::try_from(self.0.pick(random)).unwrap_or_default();
        minute * MINUTE_MS + random.below(MINUTE_MS)
    }
}

/// How many come at an hour of the day, the highest peak being about 1.
#[must_use]
pub fn density(hour: f64) -> f64 {
    let bell = |(at, height, width): (f64, f64, f64)| {
        // The day before and the day after reach over midnight.
        let distance = (hour - at).abs();
        let distance = distance.min(24.0 - distance);
        height * (-(distance / width).powi(2) / 2.0).exp()
    };
    let is_day = (7.0..23.0).contains(&hour);
    let base = if is_day { DAYTIME } else { NIGHT };
    base + PEAKS.into_iter().map(bell).sum::<f64>()
}

/// The millisecond of the day at which a push goes out.
#[must_use]
pub fn push_at(push: usize) -> u32 {
    let minutes = PUSH_HOURS[push % PUSH_HOURS.len()] * 60.0;
    let whole = (0..MINUTES).find(|minute| f64::from(*minute) >= minutes);
    whole.unwrap_or_default() * MINUTE_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_its_three_peaks_and_a_quiet_night() {
        for peak in [8.0, 12.5, 21.0] {
            for distance in [0.5, 1.0, 2.0] {
                assert!(density(peak) > density(peak - distance), "{peak}");
                assert!(density(peak) > density(peak + distance), "{peak}");
            }
        }
        assert!(density(3.5) < density(21.0) / 10.0);
    }

    #[test]
    fn moments_follow_the_curve() {
        let curve = Curve::new();
        let mut random = Random::new(1, 1);
        let mut hours = [0u32; 24];
        for _ in 0..100_000 {
            hours[(curve.pick(&mut random) / (DAY_MS / 24)) as usize] += 1;
        }
        assert!(hours[20] > hours[17] && hours[21] > hours[23]);
        assert!(hours[3] * 10 < hours[20]);
    }

    #[test]
    fn pushes_are_at_the_peaks() {
        let hour = DAY_MS / 24;
        assert_eq!(
            [push_at(0), push_at(1), push_at(2)],
            [8 * hour, 12 * hour + hour / 2, 21 * hour]
        );
    }
}
