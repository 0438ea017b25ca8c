//! Same ballots: the same set of nominees from more voters than chance explains.

use std::collections::HashMap;

use crate::settings::BallotSettings;
use crate::statistics::real;
use crate::vote::Vote;

/// A set of nominees that many voters of a day voted for.
#[derive(Debug, Clone, PartialEq)]
pub struct SameBallot {
    /// The set.
    pub nominees: Vec<u16>,
    /// Its voters.
    pub voters: Vec<u32>,
    /// Expected voters.
    pub expected: f64,
}

/// Finds the same ballots in the votes of a day. Expected: of the set's nominees the one that explains most, by its
/// ballots of that size times the chance to draw the others by their shares, without replacement.
#[must_use]
pub fn same_ballots(votes: &[Vote], nominees: usize, settings: &BallotSettings) -> Vec<SameBallot> {
    let mut pairs: Vec<(u32, u16)> = votes
        .iter()
        .map(|vote| (vote.voter, vote.nominee))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut shares = vec![0.0; nominees];
    for (_, nominee) in &pairs {
        shares[usize::from(*nominee)] += 1.0 / real(pairs.len());
    }
    // Ballots by nominee and size, and voters by set.
    let mut sizes: HashMap<(u16, usize), u32> = HashMap::new();
    let mut sets: HashMap<Vec<u16>, Vec<u32>> = HashMap::new();
    for own in pairs.chunk_by(|a, b| a.0 == b.0) {
        for (_, nominee) in own {
            *sizes.entry((*nominee, own.len())).or_default() += 1;
        }
        if own.len() >= settings.nominees {
            let set = own.iter().map(|(_, nominee)| *nominee).collect();
            sets.entry(set).or_default().push(own[0].0);
        }
    }
    let mut found = Vec::new();
    for (set, voters) in sets {
        if real(voters.len()) < f64::from(settings.voters) {
            continue;
        }
        let explained = |first: &u16| {
            let ballots = sizes.get(&(*first, set.len())).copied().unwrap_or(0);
            let others: Vec<f64> = set
                .iter()
                .filter(|other| *other != first)
                .map(|other| shares[usize::from(*other)])
                .collect();
            f64::from(ballots) * draw(others, shares[usize::from(*first)], settings.exact_max)
        };
        let expected = set.iter().map(explained).fold(0.0, f64::max);
        let ratio = if set.len() > settings.exact_max {
            settings.ratio_approximate
        } else {
            settings.ratio
        };
        if real(voters.len()) >= ratio * expected {
            found.push(SameBallot {
                nominees: set,
                voters,
                expected,
            });
        }
    }
    found.sort_by(|a, b| a.nominees.cmp(&b.nominees));
    found
}

/// The chance to draw these shares in any order, without replacement, after `drawn` of all. For sets of more than
/// `exact_max` nominees by (k - 1)! times the product, which is too low since it puts back what was drawn.
fn draw(mut shares: Vec<f64>, drawn: f64, exact_max: usize) -> f64 {
    if shares.len() < exact_max {
        return orders(&mut shares, 0, drawn);
    }
    let factorial: f64 = (1..=shares.len()).map(real).product();
    factorial * shares.iter().product::<f64>()
}

/// The sum over all orders of the shares from `place` on.
fn orders(shares: &mut [f64], place: usize, drawn: f64) -> f64 {
    if place == shares.len() {
        return 1.0;
    }
    let mut sum = 0.0;
    for next in place..shares.len() {
        shares.swap(place, next);
        let share = shares[place];
        let left = (1.0 - drawn).max(share);
        sum += share / left * orders(shares, place + 1, drawn + share);
        shares.swap(place, next);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::vote;

    #[test]
    fn the_chance_of_a_draw_sums_over_the_orders() {
        // After 0.4 of all: 0.1 / 0.6 * 0.2 / 0.5 and 0.2 / 0.6 * 0.1 / 0.4.
        let chance = draw(vec![0.1, 0.2], 0.4, 6);
        assert!((chance - (0.1 / 0.6 * 0.2 / 0.5 + 0.2 / 0.6 * 0.1 / 0.4)).abs() < 1e-12);
        // All that is left is certain to be drawn.
        assert!((draw(vec![0.1, 0.2, 0.3], 0.4, 6) - 1.0).abs() < 1e-12);
        assert!((draw(vec![0.1; 6], 0.4, 6) - 720e-6).abs() < 1e-12);
    }

    /// `same` voters for 7, 8 and 9, and 600 for three of twenty nominees, in turn.
    fn day(same: u32) -> Vec<Vote> {
        let others = (0..600u32).flat_map(|voter| {
            let start = u16::try_from(voter % 20).unwrap();
            let step = u16::try_from(voter % 9).unwrap();
            [start, (start + 1 + step) % 20, (start + 10 + step) % 20].map(|n| vote(voter, n))
        });
        // Each in another order.
        let own = (1_000..1_000 + same).flat_map(|voter| {
            let mut set = [7, 8, 9];
            set.rotate_left((voter % 3) as usize);
            set.map(|nominee| vote(voter, nominee))
        });
        others.chain(own).collect()
    }

    #[test]
    fn the_same_set_is_found_whatever_its_order() {
        let settings = BallotSettings::default();
        let found = same_ballots(&day(40), 20, &settings);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].nominees, [7, 8, 9]);
        assert_eq!(found[0].voters.len(), 40);
        assert!(found[0].expected < 4.0);
        assert!(same_ballots(&day(29), 20, &settings).is_empty(), "too few");
        let strict = BallotSettings {
            ratio: 100.0,
            ..BallotSettings::default()
        };
        assert!(same_ballots(&day(40), 20, &strict).is_empty());
    }
}
