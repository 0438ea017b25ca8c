//! Places for what holds something of the server's: so many in all, and so many for one owner, so that nobody takes
//! them all.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;

/// The places of a kind.
pub(super) struct Places<O> {
    all_max: usize,
    each_max: usize,
    held: Arc<Mutex<Held<O>>>,
}

/// The places that are taken: each owner's, of which none is 0.
struct Held<O> {
    all: usize,
    by_owner: HashMap<O, usize>,
}

/// A place, given back when it is dropped.
pub(super) struct Place<O: Hash + Eq> {
    owner: O,
    held: Arc<Mutex<Held<O>>>,
}

/// The reason why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// All are taken.
    All,
    /// The owner has as many as one may have.
    Owner,
}

impl<O: Hash + Eq + Clone> Places<O> {
    /// `all_max` places, of which an owner has at most `each_max`.
    pub(super) fn new(all_max: usize, each_max: usize) -> Self {
        Self {
            all_max,
            each_max,
            held: Arc::new(Mutex::new(Held {
                all: 0,
                by_owner: HashMap::new(),
            })),
        }
    }

    /// Takes a place for `owner`.
    pub(super) fn take(&self, owner: O) -> Result<Place<O>, Full> {
        let mut held = self.held.lock();
        if held.by_owner.get(&owner).copied().unwrap_or_default() >= self.each_max {
            return Err(Full::Owner);
        }
        if held.all >= self.all_max {
            return Err(Full::All);
        }
        held.all += 1;
        *held.by_owner.entry(owner.clone()).or_default() += 1;
        Ok(Place {
            owner,
            held: Arc::clone(&self.held),
        })
    }
}

impl<O: Hash + Eq> Drop for Place<O> {
    fn drop(&mut self) {
        let mut held = self.held.lock();
        held.all -= 1;
        let Some(count) = held.by_owner.get_mut(&self.owner) else {
            return;
        };
        *count -= 1;
        if *count == 0 {
            held.by_owner.remove(&self.owner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_has_some_and_all_have_no_more_than_there_are() {
        let places = Places::new(3, 2);
        let first = places.take("a").ok();
        let second = places.take("a").ok();
        assert!(first.is_some() && second.is_some());
        assert_eq!(places.take("a").err(), Some(Full::Owner));
        let third = places.take("b").ok();
        assert!(third.is_some());
        assert_eq!(places.take("c").err(), Some(Full::All));
        drop(first);
        let fourth = places.take("c").ok();
        assert!(fourth.is_some());
        drop((second, third, fourth));
        assert!(
            places.held.lock().by_owner.is_empty(),
            "nobody is remembered"
        );
        assert_eq!(places.held.lock().all, 0);
    }
}
