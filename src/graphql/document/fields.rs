//! Which fields a document selects, as far as it matters: for metrics, for caches, and for what many can share.

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};

/// The root fields of the schema.
const ROOT_FIELDS: &[&str] = &[
    "node",
    "nodes",
    "campaign",
    "campaigns",
    "nominees",
    "stories",
    "nominee",
    "story",
    "viewer",
    "serverTime",
    "signInMiniProgram",
    "signInGuest",
    "signInStaff",
    "refreshSession",
    "signOut",
    "castVote",
    "castBallot",
    "setLike",
    "recordViews",
    "tallyChanged",
    "storyPublished",
];

/// The first root field, if it is one that the schema has.
pub(super) fn root_field(operation: &OperationDefinition) -> &'static str {
    let first = operation.selection_set.node.items.first();
    let name = match first.map(|selection| &selection.node) {
        Some(Selection::Field(field)) => field.node.name.node.as_str(),
        _ => "",
    };
    let found = ROOT_FIELDS.iter().find(|field| **field == name);
    found.copied().unwrap_or("other")
}

/// The live tally, and what a tally shows that is the same for all who may see it.
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
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    use super::*;

    #[test]
    fn the_root_fields_are_those_of_the_schema() {
        let sdl = crate::graphql::sdl();
        let document = async_graphql::parser::parse_schema(sdl).expect("the SDL is good");
        let mut found: Vec<String> = Vec::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node;
            if let TypeKind::Object(object) = definition.node.kind
                && ["Query", "Mutation", "Subscription"].contains(&name.as_str())
            {
                let fields = object.fields.iter();
                found.extend(fields.map(|field| field.node.name.node.to_string()));
            }
        }
        found.sort_unstable();
        let mut known = ROOT_FIELDS.to_vec();
        known.sort_unstable();
        assert_eq!(known, found);
    }
}
