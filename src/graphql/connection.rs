//! Connections as Relay has them: the arguments of a list, the page that is cut out of it, and where it ends.

use async_graphql::SimpleObject;

use crate::error::{Error, Result};

/// Entries of a page where the client does not say.
pub(super) const FIRST_DEFAULT: i32 = 20;
/// Entries of a page at most.
pub(super) const FIRST_MAX: i32 = 100;

/// Where a page of a list begins and ends.
#[derive(SimpleObject, Debug, Clone)]
pub struct PageInfo {
    /// Whether there are entries after this page.
    pub has_next_page: bool,
    /// Whether there are entries before this page.
    pub has_previous_page: bool,
    /// Cursor of the first entry.
    pub start_cursor: Option<String>,
    /// Cursor of the last entry.
    pub end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a page whose entries have these cursors.
    #[must_use]
    pub fn of<'a>(
        has_previous_page: bool,
        has_next_page: bool,
        mut cursors: impl DoubleEndedIterator<Item = &'a String> + Clone,
    ) -> Self {
        Self {
            has_next_page,
            has_previous_page,
            start_cursor: cursors.clone().next().cloned(),
            end_cursor: cursors.next_back().cloned(),
        }
    }
}

/// What a client asks of a list, checked.
#[derive(Debug, Clone)]
pub struct PageArgs {
    /// Entries at most.
    pub limit: usize,
    /// The last ones, not the first.
    pub is_last: bool,
    /// Only entries after this cursor.
    pub after: Option<String>,
    /// Only entries before this cursor.
    pub before: Option<String>,
}

impl PageArgs {
    /// Checks the four arguments of a list.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for `first` with `last`, and for a page of no or too many entries.
    pub fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Self> {
        if first.is_some() && last.is_some() {
            return Err(Error::BadUserInput(
                "Ask for first or last, not both.".into(),
            ));
        }
        let (name, count) = last.map_or(("first", first.unwrap_or(FIRST_DEFAULT)), |last| {
            ("last", last)
        });
        if !(1..=FIRST_MAX).contains(&count) {
            return Err(Error::BadUserInput(format!(
                "{name} must be 1 to {FIRST_MAX}."
            )));
        }
        Ok(Self {
            limit: usize::try_from(count).unwrap_or(1),
            is_last: last.is_some(),
            after,
            before,
        })
    }

    /// Cuts the page out of a whole list in memory that is in the order of its places.
    #[must_use]
    pub fn cut<P: Ord, T>(
        &self,
        list: Vec<(P, T)>,
        after: Option<&P>,
        before: Option<&P>,
    ) -> PageSlice<P, T> {
        let is_within =
            |place: &P| after.is_none_or(|a| place > a) && before.is_none_or(|b| place < b);
        let total = list.len();
        let skipped = list
            .iter()
            .take_while(|(place, _)| after.is_some_and(|a| place <= a))
            .count();
        let mut entries: Vec<(P, T)> = list
            .into_iter()
            .filter(|(place, _)| is_within(place))
            .collect();
        let (mut has_previous, mut has_next) = (skipped > 0, skipped + entries.len() < total);
        if entries.len() > self.limit {
            if self.is_last {
                entries.drain(..entries.len() - self.limit);
                has_previous = true;
            } else {
                entries.truncate(self.limit);
                has_next = true;
            }
        }
        PageSlice {
            entries,
            has_previous,
            has_next,
            total,
        }
    }
}

/// A page that was cut out of a list.
#[derive(Debug)]
pub struct PageSlice<P, T> {
    /// The entries with their places.
    pub entries: Vec<(P, T)>,
    /// Whether there are entries before.
    pub has_previous: bool,
    /// Whether there are entries after.
    pub has_next: bool,
    /// Length of the whole list.
    pub total: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(
        first: Option<i32>,
        last: Option<i32>,
        after: Option<u8>,
        before: Option<u8>,
    ) -> (Vec<u8>, bool, bool) {
        let list = (1..=9u8).map(|n| (n, n)).collect();
        let args = PageArgs::new(first, None, last, None).expect("good arguments");
        let cut = args.cut(list, after.as_ref(), before.as_ref());
        (
            cut.entries.into_iter().map(|(_, n)| n).collect(),
            cut.has_previous,
            cut.has_next,
        )
    }

    #[test]
    fn pages_are_cut_both_ways() {
        assert_eq!(cut(Some(3), None, None, None), (vec![1, 2, 3], false, true));
        assert_eq!(
            cut(Some(3), None, Some(3), None),
            (vec![4, 5, 6], true, true)
        );
        assert_eq!(
            cut(Some(3), None, Some(6), None),
            (vec![7, 8, 9], true, false)
        );
        assert_eq!(cut(None, Some(3), None, None), (vec![7, 8, 9], true, false));
        assert_eq!(
            cut(None, Some(3), None, Some(4)),
            (vec![1, 2, 3], false, true)
        );
        assert_eq!(cut(Some(9), None, Some(9), None), (vec![], true, false));
        assert_eq!(
            cut(Some(9), None, Some(2), Some(5)),
            (vec![3, 4], true, true)
        );
    }

    #[test]
    fn pages_have_bounds() {
        for (first, last) in [
            (Some(0), None),
            (Some(101), None),
            (Some(-1), None),
            (None, Some(0)),
            (Some(1), Some(1)),
        ] {
            assert!(
                PageArgs::new(first, None, last, None).is_err(),
                "{first:?} {last:?}"
            );
        }
    }
}
