//! Connections as Relay has them: the arguments of a list, the page that is cut out of it, and its edges, nodes and
//! page info, which are built here for all lists.

use async_graphql::SimpleObject;

use super::node_id::Cursor;
use crate::auth::keyed_hash::HashKey;
use crate::error::{Error, Result};

/// Entries of a page where the client does not say.
pub(super) const FIRST_DEFAULT: i32 = 20;
/// Entries of a page at most.
pub(super) const FIRST_MAX: i32 = 100;

/// The bounds of a page of a list.
#[derive(SimpleObject, Debug, Clone)]
pub(super) struct PageInfo {
    /// Whether there are entries after this page.
    has_next_page: bool,
    /// Whether there are entries before this page.
    has_previous_page: bool,
    /// Cursor of the first entry.
    start_cursor: Option<String>,
    /// Cursor of the last entry.
    end_cursor: Option<String>,
}

/// The arguments of a list, checked.
#[derive(Debug, Clone)]
pub(super) struct PageArgs {
    /// Entries at most.
    pub(super) limit: usize,
    /// The last ones, not the first.
    pub(super) is_last: bool,
    /// Only entries after this cursor.
    pub(super) after: Option<String>,
    /// Only entries before this cursor.
    pub(super) before: Option<String>,
}

impl PageArgs {
    /// Checks the four arguments of a list.
    ///
    /// # Errors
    /// [`Error::BadUserInput`] for `first` with `last`, and for a page of no or too many entries.
    pub(super) fn new(
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

    /// Cuts the page out of a whole list in memory, which is in the order of its keys.
    pub(super) fn cut<K: Ord, T: Clone>(
        &self,
        list: &[T],
        key: impl Fn(&T) -> K,
        after: Option<&K>,
        before: Option<&K>,
    ) -> PageSlice<T> {
        let start = after.map_or(0, |after| list.partition_point(|t| key(t) <= *after));
        let end = before.map_or(list.len(), |before| {
            list.partition_point(|t| key(t) < *before)
        });
        let end = end.max(start);
        let (start, end) = if self.is_last {
            (start.max(end.saturating_sub(self.limit)), end)
        } else {
            (start, end.min(start + self.limit))
        };
        PageSlice {
            entries: list[start..end].to_vec(),
            has_previous: start > 0,
            has_next: end < list.len(),
        }
    }
}

/// A page that was cut out of a list.
#[derive(Debug)]
pub(super) struct PageSlice<T> {
    /// The entries.
    pub(super) entries: Vec<T>,
    /// Whether there are entries before.
    pub(super) has_previous: bool,
    /// Whether there are entries after.
    pub(super) has_next: bool,
}

/// The parts that every connection has.
pub(super) struct Connection<E, N> {
    pub(super) edges: Vec<E>,
    pub(super) nodes: Vec<N>,
    pub(super) page_info: PageInfo,
}

impl<E, N: Clone> Connection<E, N> {
    /// Builds the parts: `to_node` makes an entry's cursor and node, `to_edge` puts the two together.
    pub(super) fn new<T>(
        slice: PageSlice<T>,
        to_node: impl FnMut(T) -> (String, N),
        to_edge: fn(String, N) -> E,
    ) -> Self {
        let entries: Vec<(String, N)> = slice.entries.into_iter().map(to_node).collect();
        Self {
            page_info: PageInfo {
                has_next_page: slice.has_next,
                has_previous_page: slice.has_previous,
                start_cursor: entries.first().map(|(cursor, _)| cursor.clone()),
                end_cursor: entries.last().map(|(cursor, _)| cursor.clone()),
            },
            nodes: entries.iter().map(|(_, node)| node.clone()).collect(),
            edges: entries
                .into_iter()
                .map(|(cursor, node)| to_edge(cursor, node))
                .collect(),
        }
    }
}

/// Reads a cursor of which `pick` takes the list's own kind.
///
/// # Errors
/// [`Error::BadUserInput`] for one of another list, and for any other text.
pub(super) fn decode_cursor<T>(
    key: &HashKey,
    text: Option<&String>,
    pick: impl FnOnce(Cursor) -> Option<T>,
) -> Result<Option<T>> {
    let Some(text) = text else {
        return Ok(None);
    };
    match pick(Cursor::decode(key, text)?) {
        Some(position) => Ok(Some(position)),
        None => Err(Error::BadUserInput(
            "This cursor belongs to another list.".into(),
        )),
    }
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
        let list: Vec<u8> = (1..=9).collect();
        let args = PageArgs::new(first, None, last, None).expect("good arguments");
        let cut = args.cut(&list, |n| *n, after.as_ref(), before.as_ref());
        (cut.entries, cut.has_previous, cut.has_next)
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
