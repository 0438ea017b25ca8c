//! Networks and models: addresses, blocks and phone models whose voters are for one nominee.

use std::collections::HashMap;

use crate::settings::NetworkSettings;
use crate::statistics::{binomial_tail, median, odds_ratio, real};
use crate::vote::Vote;

/// A network or model that is for a nominee.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Selective {
    /// The nominee.
    pub nominee: u16,
    /// The address, block or model.
    pub unit: u32,
    /// Its voters for the nominee.
    pub for_nominee: u32,
    /// Its voters in the category.
    pub voters: u32,
    /// As many as would be for the nominee as among all others.
    pub expected: f64,
}

/// A nominee with many small networks.
#[derive(Debug, Clone, PartialEq)]
pub struct ManySmall {
    /// The nominee.
    pub nominee: u16,
    /// The addresses.
    pub addresses: Vec<u32>,
    /// As many as its voters let expect.
    pub expected: f64,
}

/// Voters of one day by a unit (address, block, model) and nominee.
#[derive(Debug)]
pub(crate) struct Concentration<'a> {
    categories: &'a [u16],
    /// Voters of a category and unit.
    of_unit: HashMap<(u16, u32), u32>,
    /// Nominee, unit, voters.
    cells: Vec<(u16, u32, u32)>,
    /// Voters of each category and nominee.
    of_category: Vec<u32>,
    of_nominee: Vec<u32>,
}

impl<'a> Concentration<'a> {
    pub(crate) fn new(
        votes: &[Vote],
        categories: &'a [u16],
        unit: impl Fn(&Vote) -> Option<u32>,
    ) -> Self {
        let known = votes
            .iter()
            .filter_map(|vote| unit(vote).map(|unit| (vote.nominee, unit, vote.voter)));
        let mut by_nominee: Vec<(u16, u32, u32)> = known.collect();
        let in_category = |(nominee, unit, voter): &(u16, u32, u32)| {
            (categories[usize::from(*nominee)], *unit, *voter)
        };
        let mut by_category: Vec<(u16, u32, u32)> = by_nominee.iter().map(in_category).collect();
        let last = categories.iter().max().copied().unwrap_or_default();
        let (mut of_category, mut of_nominee) =
            (vec![0; usize::from(last) + 1], vec![0; categories.len()]);
        let mut of_unit = HashMap::new();
        for (category, unit, voters) in counted(&mut by_category) {
            of_unit.insert((category, unit), voters);
            of_category[usize::from(category)] += voters;
        }
        let cells = counted(&mut by_nominee);
        for (nominee, _, voters) in &cells {
            of_nominee[usize::from(*nominee)] += voters;
        }
        Self {
            categories,
            of_unit,
            cells,
            of_category,
            of_nominee,
        }
    }

    /// The unit's voters of the nominee's category.
    pub(crate) fn voters(&self, nominee: u16, unit: u32) -> u32 {
        let category = self.categories[usize::from(nominee)];
        self.of_unit.get(&(category, unit)).copied().unwrap_or(0)
    }

    /// Units that are for a nominee, by this odds ratio.
    pub(crate) fn selective(&self, ratio: f64, settings: &NetworkSettings) -> Vec<Selective> {
        let large = self.cells.iter().filter(|cell| cell.2 >= settings.voters);
        large
            .filter_map(|cell| self.test(*cell, ratio, settings.tail))
            .collect()
    }

    /// Nominees with many small networks. Expected: the nominee's voters times the mean of the category's median and
    /// pooled rate of small networks a voter.
    pub(crate) fn many_small(&self, settings: &NetworkSettings) -> Vec<ManySmall> {
        let mut small: Vec<Vec<u32>> = vec![Vec::new(); self.of_nominee.len()];
        let (least, most) = settings.small_voters;
        for cell in &self.cells {
            let (nominee, unit, for_nominee) = *cell;
            let is_small = (least..=most).contains(&self.voters(nominee, unit));
            if is_small
                && for_nominee >= settings.small_for_nominee
                && self
                    .test(*cell, settings.odds_ratio, settings.small_tail)
                    .is_some()
            {
                small[usize::from(nominee)].push(unit);
            }
        }
        let expected_rate = |category: u16| {
            let members = (0..small.len()).filter(|n| self.categories[*n] == category);
            let voted: Vec<usize> = members.filter(|n| self.of_nominee[*n] > 0).collect();
            let rate = |n: &usize| real(small[*n].len()) / f64::from(self.of_nominee[*n]);
            let mut rates: Vec<f64> = voted.iter().map(rate).collect();
            let networks: usize = voted.iter().map(|n| small[*n].len()).sum();
            let voters: u32 = voted.iter().map(|n| self.of_nominee[*n]).sum();
            f64::midpoint(
                median(&mut rates),
                real(networks) / f64::from(voters.max(1)),
            )
        };
        let last = self.of_category.len();
        let rates: Vec<f64> = (0u16..).take(last).map(expected_rate).collect();
        let many = |(nominee, addresses): (u16, &Vec<u32>)| {
            let place = usize::from(nominee);
            let rate = rates[usize::from(self.categories[place])];
            let expected = f64::from(self.of_nominee[place]) * rate;
            let number = real(addresses.len());
            let rings = number >= f64::from(settings.small_networks)
                && number >= settings.small_ratio * expected;
            rings.then(|| ManySmall {
                nominee,
                addresses: addresses.clone(),
                expected,
            })
        };
        (0u16..).zip(&small).filter_map(many).collect()
    }

    /// Whether the unit's voters are for the nominee, against all other voters of the category.
    fn test(&self, cell: (u16, u32, u32), ratio: f64, tail: f64) -> Option<Selective> {
        let (nominee, unit, for_nominee) = cell;
        let place = usize::from(nominee);
        let voters = self.voters(nominee, unit);
        let others = self.of_category[usize::from(self.categories[place])] - voters;
        let others_for = self.of_nominee[place] - for_nominee;
        let share = (f64::from(others_for) + 0.5) / (f64::from(others) + 1.0);
        let rings = odds_ratio(for_nominee, voters, others_for, others) >= ratio
            && binomial_tail(for_nominee, voters, share) <= tail;
        rings.then_some(Selective {
            nominee,
            unit,
            for_nominee,
            voters,
            expected: f64::from(voters) * share,
        })
    }
}

/// How many different third values there are to the first two.
fn counted(triples: &mut Vec<(u16, u32, u32)>) -> Vec<(u16, u32, u32)> {
    triples.sort_unstable();
    triples.dedup();
    let cells = triples.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    cells
        .map(|cell| {
            let voters = u32::try_from(cell.len()).unwrap_or(u32::MAX);
            (cell[0].0, cell[0].1, voters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::vote;

    /// 1,000 others at an address each, every tenth for nominee 0, the rest for 1; then `networks` addresses of `size`
    /// voters, of whom `for_nominee` are for nominee 0.
    fn day(networks: u32, size: u32, for_nominee: u32) -> Vec<Vote> {
        let from = |voter, address, nominee| Vote {
            address,
            ..vote(voter, nominee)
        };
        let others = (0..1_000).map(|voter| from(voter, voter, u16::from(voter % 10 > 0)));
        let own = (0..networks).flat_map(|network| {
            (0..size).map(move |place| {
                let voter = 10_000 + network * size + place;
                from(voter, 5_000 + network, u16::from(place >= for_nominee))
            })
        });
        others.chain(own).collect()
    }

    fn addresses(votes: &[Vote]) -> Concentration<'_> {
        Concentration::new(votes, &[0, 0], |vote| Some(vote.address))
    }

    #[test]
    fn a_network_is_selective_by_its_odds_and_number() {
        let settings = NetworkSettings::default();
        let found = |size, for_nominee| {
            let votes = day(1, size, for_nominee);
            addresses(&votes).selective(10.0, &settings)
        };
        assert_eq!(found(40, 40)[0].for_nominee, 40);
        assert_eq!(found(40, 40)[0].unit, 5_000);
        assert!((found(40, 40)[0].expected - 4.0).abs() < 0.1);
        assert!(found(29, 29).is_empty(), "too few voters");
        assert!(
            found(80, 40).is_empty(),
            "odds of one to one against one to nine"
        );
        assert!(!found(80, 50).is_empty(), "of five to three");
    }

    #[test]
    fn a_voter_counts_once() {
        let votes = day(1, 29, 29);
        let twice: Vec<Vote> = votes.iter().chain(&votes).copied().collect();
        let settings = NetworkSettings::default();
        assert!(addresses(&twice).selective(10.0, &settings).is_empty());
    }

    #[test]
    fn many_small_networks_are_counted() {
        let settings = NetworkSettings::default();
        let found = |networks, size, for_nominee| {
            let votes = day(networks, size, for_nominee);
            addresses(&votes).many_small(&settings)
        };
        // Without further nominees the pooled rate is half of its own: the ratio is tried below.
        assert!(found(20, 10, 10).is_empty());
        let eased = NetworkSettings {
            small_ratio: 1.0,
            ..NetworkSettings::default()
        };
        let votes = day(15, 10, 10);
        assert_eq!(addresses(&votes).many_small(&eased)[0].addresses.len(), 15);
        for (networks, size, for_nominee) in [(14, 10, 10), (20, 3, 3), (20, 201, 201), (20, 10, 4)]
        {
            let votes = day(networks, size, for_nominee);
            assert!(addresses(&votes).many_small(&eased).is_empty());
        }
    }
}
