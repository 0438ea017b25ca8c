//! The fields that a document selects, as far as they matter: for metrics, for caches, and for what many can share.

use std::collections::HashSet;
use std::sync::LazyLock;

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};

use super::schema_index::SchemaIndex;
use crate::graphql::schema::sdl;

/// The root fields of the schema. They are labels of metrics, which live as long as the process.
static ROOT_FIELDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let schema_index = SchemaIndex::parse(&sdl());
    let names = schema_index.root_fields();
    names.map(|name| &*name.to_string().leak()).collect()
});

/// The first root field, if it is one that the schema has.
pub(super) fn root_field(operation: &OperationDefinition) -> &'static str {
    let first = operation.selection_set.node.items.first();
    let name = match first.map(|selection| &selection.node) {
        Some(Selection::Field(field)) => field.node.name.node.as_str(),
        _ => "",
    };
    ROOT_FIELDS.get(name).copied().unwrap_or("other")
}

/// The live tally, and those of its fields that are the same for all who may see it.
pub(super) const SHARED_FIELDS: &[&str] = &[
    "tallyChanged",
    "__typename",
    "id",
    // Of the tally.
    "campaign",
    "version",
    "asOf",
    "rawVotes",
    "countedVotes",
    "guestVotes",
    "withdrawnVotes",
    "withheldVotes",
    "voters",
    "entries",
    // Of its campaign and entries.
    "slug",
    "title",
    "nominee",
    "votes",
    "rank",
    "share",
    // Of its nominees.
    "number",
    "name",
    "employer",
    "city",
    "portraitUrl",
    "status",
    "category",
    "key",
    "shortlistSize",
];

/// Whether a document selects no field but those of these names.
pub(super) fn selects_only(document: &ExecutableDocument, names: &[&str]) -> bool {
    !selects_any(document, &|name| !names.contains(&name))
}

/// Whether an operation has no field but those of these names at its root.
pub(super) fn selects_at_root_only(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    names: &[&str],
) -> bool {
    fn within(document: &ExecutableDocument, set: &SelectionSet, names: &[&str]) -> bool {
        set.items.iter().all(|item| match &item.node {
            Selection::Field(field) => names.contains(&field.node.name.node.as_str()),
            Selection::InlineFragment(fragment) => {
                within(document, &fragment.node.selection_set.node, names)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = document.fragments.get(name);
                fragment.is_some_and(|f| within(document, &f.node.selection_set.node, names))
            }
        })
    }
    within(document, &operation.selection_set.node, names)
}

/// Whether a document selects a field of one of these names anywhere.
pub(super) fn selects(document: &ExecutableDocument, names: &[&str]) -> bool {
    selects_any(document, &|name| names.contains(&name))
}

/// Whether a document selects a field whose name is wanted anywhere.
fn selects_any(document: &ExecutableDocument, is_wanted: &impl Fn(&str) -> bool) -> bool {
    fn within(set: &SelectionSet, is_wanted: &impl Fn(&str) -> bool) -> bool {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => {
                is_wanted(field.node.name.node.as_str())
                    || within(&field.node.selection_set.node, is_wanted)
            }
            Selection::InlineFragment(fragment) => {
                within(&fragment.node.selection_set.node, is_wanted)
            }
            Selection::FragmentSpread(_) => false,
        })
    }
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
    operations
        .chain(fragments)
        .any(|set| within(set, is_wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_root_field_is_named_if_the_schema_has_it() {
        for (document, expected) in [
            ("{ serverTime viewer { id } }", "serverTime"),
            ("{ clock: serverTime }", "serverTime"),
            ("mutation { castVote { vote { id } } }", "castVote"),
            ("subscription { tallyChanged { version } }", "tallyChanged"),
            ("{ __typename }", "other"),
            ("{ title }", "other"),
            ("{ ... { serverTime } }", "other"),
        ] {
            let document = async_graphql::parser::parse_query(document).expect("a document");
            let (_, operation) = document.operations.iter().next().expect("an operation");
            assert_eq!(root_field(&operation.node), expected);
        }
        assert!(ROOT_FIELDS.len() > 20, "all three roots are read");
    }
}
