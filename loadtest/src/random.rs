//! Randomness that is the same for the same seed, on every machine and with every version of this program: `SplitMix64`
//! (Steele, Lea, Flood 2014), written out here since the generators of libraries may change.

use uuid::Uuid;

/// A generator.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The generator of a seed, and of one of its uses: two uses know nothing of each other.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(mix(seed) ^ mix(stream.wrapping_add(0x5851_f42d_4c95_7f2d)))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 up to `end`, which is left out; 0 where there is none.
    pub fn below(&mut self, end: u32) -> u32 {
        // The upper half of a product: as even as 2^32 values can be.
        let product = (self.bits() >> 32) * u64::from(end);
        u32::try_from(product >> 32).unwrap_or_default()
    }

    /// A number from `start` to `end`, both included.
    pub fn between(&mut self, start: u32, end: u32) -> u32 {
        start + self.below(end.saturating_sub(start) + 1)
    }

    /// A position in a list of this length.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).unwrap_or(u32::MAX)) as usize
    }

    /// A number from 0 up to 1, which is left out.
    pub fn unit(&mut self) -> f64 {
        let high = u32::try_from(self.bits() >> 32).unwrap_or_default();
        f64::from(high) / (f64::from(u32::MAX) + 1.0)
    }

    /// Brings a list into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.index(last + 1));
        }
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The UUID that a seed gives to the `index`-th thing of a kind.
#[must_use]
pub fn uuid(seed: u64, stream: u64, index: u64) -> Uuid {
    let mut random = Random::new(seed ^ mix(index), stream);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&random.bits().to_be_bytes());
    bytes[8..].copy_from_slice(&random.bits().to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A choice among things of different weights.
#[derive(Debug, Clone)]
pub struct Weighted {
    cumulative: Vec<f64>,
}

impl Weighted {
    /// A choice among things of these weights.
    #[must_use]
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let add = |weight: f64| {
            sum += weight;
            sum
        };
        Self {
            cumulative: weights.into_iter().map(add).collect(),
        }
    }

    /// A choice among `count` ranks, of which the n-th has the weight 1/n^s (Zipf).
    #[must_use]
    pub fn zipf(count: u16, s: f64) -> Self {
        Self::new((1..=count).map(|rank| f64::from(rank).powf(-s)))
    }

    /// The position of what is chosen.
    pub fn pick(&self, random: &mut Random) -> usize {
        let sum = self.cumulative.last().copied().unwrap_or_default();
        let point = random.unit() * sum;
        let position = self.cumulative.partition_point(|end| *end <= point);
        position.min(self.cumulative.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_for_ever() {
        let mut random = Random::new(1, 2);
        let first = [random.bits(), random.bits()];
        assert_eq!(
            first,
            [9_402_418_849_469_364_445, 4_936_778_585_482_515_965]
        );
        assert_eq!(
            uuid(1, 2, 3).to_string(),
            "2c6108a8-1faa-4715-829a-24a38741bd19"
        );
        assert_ne!(uuid(1, 2, 3), uuid(1, 2, 4));
        assert_ne!(uuid(1, 2, 3), uuid(1, 3, 3));
        assert_ne!(uuid(1, 2, 3), uuid(2, 2, 3));
    }

    #[test]
    fn numbers_are_even() {
        let mut random = Random::new(7, 0);
        let mut counts = [0u32; 10];
        for _ in 0..100_000 {
            counts[random.index(10)] += 1;
        }
        assert!(counts.iter().all(|count| (9_600..10_400).contains(count)));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn zipf_prefers_the_first_as_it_should() {
        let zipf = Weighted::zipf(100, 0.9);
        let mut random = Random::new(7, 0);
        let mut counts = [0u32; 100];
        for _ in 0..200_000 {
            counts[zipf.pick(&mut random)] += 1;
        }
        let ratio = |a: usize, b: usize| f64::from(counts[a]) / f64::from(counts[b]);
        assert!((ratio(0, 9) - 10f64.powf(0.9)).abs() < 0.6);
        assert!((ratio(9, 99) - 10f64.powf(0.9)).abs() < 1.2);
    }
}
