//! A concurrent map that never holds more than it is told to: for entries that may be forgotten.
//!
//! Each shard has two generations. A full young one becomes the old one and the one before is dropped: the least lately
//! changed entries go first, at no cost per look.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use parking_lot::Mutex;

/// Locks, so that threads seldom meet at one.
const SHARDS: usize = 64;

/// A bounded map; see the module.
#[derive(Debug)]
pub struct BoundedMap<K, V> {
    hasher: RandomState,
    generation_max: usize,
    shards: Vec<Mutex<Generations<K, V>>>,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V> Default for Generations<K, V> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq + Clone, V: Default> BoundedMap<K, V> {
    /// An empty map of at most `entries_max` entries.
    #[must_use]
    pub fn new(entries_max: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            generation_max: (entries_max / SHARDS / 2).max(1),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
        }
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "any bits of the hash will do"
    )]
    fn shard(&self, key: &K) -> &Mutex<Generations<K, V>> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }

    /// Changes the value of `key`, which is a default one if the key is new.
    pub fn with<T>(&self, key: &K, change: impl FnOnce(&mut V) -> T) -> T {
        let mut shard = self.shard(key).lock();
        if !shard.young.contains_key(key) {
            if shard.young.len() >= self.generation_max {
                shard.old = std::mem::take(&mut shard.young);
            }
            let value = shard.old.remove(key).unwrap_or_default();
            shard.young.insert(key.clone(), value);
        }
        change(shard.young.entry(key.clone()).or_default())
    }

    /// Forgets all entries.
    pub fn clear(&self) {
        for shard in &self.shards {
            *shard.lock() = Generations::default();
        }
    }

    /// Looks at the value of `key`, if there is one.
    pub fn peek<T>(&self, key: &K, look: impl FnOnce(&V) -> T) -> Option<T> {
        let shard = self.shard(key).lock();
        shard
            .young
            .get(key)
            .or_else(|| shard.old.get(key))
            .map(look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_map_forgets_the_oldest_and_stays_bounded() {
        let map: BoundedMap<u64, u64> = BoundedMap::new(1_024);
        for key in 0..100_000 {
            map.with(&key, |value| *value = key);
        }
        let held = map.shards.iter().map(|s| {
            let shard = s.lock();
            shard.young.len() + shard.old.len()
        });
        assert!(held.sum::<usize>() <= 1_024);
        assert_eq!(map.peek(&99_999, |value| *value), Some(99_999));
        assert_eq!(map.peek(&0, |value| *value), None);
    }
}
