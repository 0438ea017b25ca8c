//! The cost of an operation: every field 1, those that take a statement more, and a list its length times the cost of
//! an entry. It is computed once a document, but for lists whose length a variable decides, and for the rosters that
//! lists of nominees go through, which grow.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Variables};
use async_graphql_value::{ConstValue, Value};

use super::schema_index::{LengthRule, SchemaIndex, root_type};
use crate::graphql::connection::{FIRST_DEFAULT, FIRST_MAX};

/// The largest cost of an operation.
pub(super) const COST_MAX: u64 = 5_000;

/// Nominees of a roster that a list goes through for 1: each is filtered and given its place, whatever the page.
const NOMINEES_PER_UNIT: u64 = 50;

/// The cost of a selection as a function of the variables and of the largest roster. Selections that `@skip` or
/// `@include` may leave out count.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    fixed: u64,
    /// Lists that go through a whole roster.
    rosters: u64,
    lists: Vec<(ListLength, Self)>,
}

/// The length of a list.
#[derive(Debug, Clone)]
enum ListLength {
    Fixed(u64),
    /// As the first of these variables says that has a value.
    Page(Vec<Name>),
    /// As many entries as this variable has.
    Entries(Name),
}

impl Cost {
    /// Computes the cost of an operation. Its document has passed the guard, so expanding the fragments ends soon.
    #[must_use]
    pub fn new(
        schema_index: &SchemaIndex,
        document: &ExecutableDocument,
        operation: &OperationDefinition,
    ) -> Self {
        let visitor = CostVisitor {
            schema_index,
            document,
        };
        let root = Name::new(root_type(operation.ty));
        visitor.selection_set(&root, &operation.selection_set.node)
    }

    /// The cost with these variables, where the largest roster has so many nominees.
    #[must_use]
    pub fn evaluate(&self, variables: &Variables, roster_max: u64) -> u64 {
        let per_roster = roster_max / NOMINEES_PER_UNIT;
        let own = self
            .fixed
            .saturating_add(self.rosters.saturating_mul(per_roster));
        self.lists.iter().fold(own, |sum, (length, entry)| {
            let count = length.evaluate(variables);
            sum.saturating_add(count.saturating_mul(entry.evaluate(variables, roster_max)))
        })
    }

    fn add(&mut self, other: Self) {
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.rosters = self.rosters.saturating_add(other.rosters);
        self.lists.extend(other.lists);
    }

    fn add_list(&mut self, length: ListLength, entry: Self) {
        match length {
            ListLength::Fixed(count) if entry.lists.is_empty() => {
                self.fixed = self.fixed.saturating_add(count.saturating_mul(entry.fixed));
                let rosters = count.saturating_mul(entry.rosters);
                self.rosters = self.rosters.saturating_add(rosters);
            }
            length => self.lists.push((length, entry)),
        }
    }
}

/// A walk over the selections of a document.
struct CostVisitor<'a> {
    schema_index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
}

impl CostVisitor<'_> {
    /// The cost of a selection on the type `parent`.
    fn selection_set(&self, parent: &Name, set: &SelectionSet) -> Cost {
        let mut cost = Cost::default();
        for item in &set.items {
            cost.add(self.selection(parent, &item.node));
        }
        cost
    }

    fn selection(&self, parent: &Name, selection: &Selection) -> Cost {
        match selection {
            Selection::Field(field) => self.field(parent, &field.node),
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                let condition = fragment.type_condition.as_ref();
                let on = condition.map_or(parent, |condition| &condition.node.on.node);
                self.selection_set(on, &fragment.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = self.document.fragments.get(name) else {
                    return Cost::default();
                };
                let on = &fragment.node.type_condition.node.on.node;
                self.selection_set(on, &fragment.node.selection_set.node)
            }
        }
    }

    fn field(&self, parent: &Name, field: &Field) -> Cost {
        // The index does not have introspection; its fields count one each.
        let known = self.schema_index.output(parent, &field.name.node);
        let entry_type = known.map_or(parent, |known| &known.type_name);
        let entry = self.selection_set(entry_type, &field.selection_set.node);
        let mut cost = Cost {
            fixed: known.map_or(1, |known| known.price),
            rosters: known.map_or(0, |known| known.goes_through_roster.into()),
            lists: Vec::new(),
        };
        match known.map_or(LengthRule::One, |known| known.length) {
            LengthRule::One => cost.add(entry),
            LengthRule::Assumed(count) => cost.add_list(ListLength::Fixed(count), entry),
            LengthRule::Page => cost.add_list(page_length(field), entry),
            LengthRule::Argument(name) => cost.add_list(argument_length(field, name), entry),
        }
        cost
    }
}

/// The member `extensions` of a response that says what its operation cost.
#[must_use]
pub fn cost_extension(cost: u64) -> async_graphql::Value {
    let member = |name, value| IndexMap::from([(Name::new(name), value)]);
    let mut figures = member("operation", ConstValue::from(cost));
    figures.insert(Name::new("max"), ConstValue::from(COST_MAX));
    ConstValue::Object(member("cost", ConstValue::Object(figures)))
}

impl ListLength {
    fn evaluate(&self, variables: &Variables) -> u64 {
        match self {
            Self::Fixed(count) => *count,
            Self::Page(names) => {
                let given = names.iter().find_map(|name| match variables.get(name)? {
                    ConstValue::Number(number) => number.as_i64(),
                    _ => None,
                });
                clamp_page(given.unwrap_or(i64::from(FIRST_DEFAULT)))
            }
            Self::Entries(name) => match variables.get(name) {
                Some(ConstValue::List(entries)) => entries.len() as u64,
                _ => 1,
            },
        }
    }
}

/// The entries of a page. One of another size is refused when the list is resolved.
fn clamp_page(size: i64) -> u64 {
    size.clamp(1, i64::from(FIRST_MAX)).unsigned_abs()
}

fn page_length(field: &Field) -> ListLength {
    let argument = |name| field.get_argument(name).map(|value| &value.node);
    let given: Vec<&Value> = ["first", "last"]
        .into_iter()
        .filter_map(argument)
        .filter(|value| !matches!(value, Value::Null))
        .collect();
    let variable = |value: &&Value| match value {
        Value::Variable(name) => Some(name.clone()),
        _ => None,
    };
    match given.as_slice() {
        [] => ListLength::Fixed(clamp_page(i64::from(FIRST_DEFAULT))),
        [Value::Number(number)] => {
            ListLength::Fixed(clamp_page(number.as_i64().unwrap_or(i64::MAX)))
        }
        given => given
            .iter()
            .map(variable)
            .collect::<Option<_>>()
            .map_or(ListLength::Fixed(clamp_page(i64::MAX)), ListLength::Page),
    }
}

fn argument_length(field: &Field, argument: &str) -> ListLength {
    match field.get_argument(argument).map(|value| &value.node) {
        Some(Value::List(entries)) => ListLength::Fixed(entries.len() as u64),
        Some(Value::Variable(name)) => ListLength::Entries(name.clone()),
        _ => ListLength::Fixed(1),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn cost(query: &str, variables: serde_json::Value) -> u64 {
        cost_of_roster(query, variables, 0)
    }

    fn cost_of_roster(query: &str, variables: serde_json::Value, roster_max: u64) -> u64 {
        let schema_index = SchemaIndex::parse(&crate::graphql::sdl());
        let document = parse_query(query).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let cost = Cost::new(&schema_index, &document, &operation.node);
        cost.evaluate(&Variables::from_json(variables), roster_max)
    }

    #[test]
    fn lists_of_nominees_are_paid_by_the_roster() {
        for (query, lists) in [
            ("{ serverTime }", 0),
            (
                "{ nominees(campaignId: \"1\", first: 1) { nodes { name } } }",
                1,
            ),
            (
                "{ campaign(slug: \"a\") { a: nominees(first: 1) { totalCount }
                    b: nominees(first: 1, search: \"x\") { totalCount } } }",
                2,
            ),
            (
                "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Campaign { nominees { totalCount } } } }",
                3,
            ),
            (
                "{ nodes(ids: [\"1\", \"1\"]) { ... on Campaign { nominees { totalCount } } } }",
                2,
            ),
        ] {
            let variables = json!({"ids": ["1", "1", "1"]});
            let small = cost_of_roster(query, variables.clone(), 49);
            assert_eq!(small, cost(query, variables.clone()), "{query}");
            let large = cost_of_roster(query, variables, 10_000);
            assert_eq!(large - small, lists * 200, "{query}");
        }
    }

    #[test]
    #[allow(clippy::too_many_lines, reason = "it is a table")]
    fn lists_multiply_by_their_length() {
        let none = json!({});
        for (query, variables, expected) in [
            ("{ serverTime }", none.clone(), 1),
            (
                "{ stories { nodes { id title } } }",
                none.clone(),
                1 + 20 * 3,
            ),
            (
                "{ stories(first: 5) { nodes { id } } }",
                none.clone(),
                1 + 5 * 2,
            ),
            (
                "{ stories(last: 1000) { nodes { id } } }",
                none.clone(),
                1 + 100 * 2,
            ),
            (
                "query($n: Int) { stories(first: $n) { nodes { id } } }",
                json!({"n": 7}),
                1 + 7 * 2,
            ),
            (
                "query($n: Int) { stories(first: $n) { nodes { id } } }",
                none.clone(),
                1 + 20 * 2,
            ),
            (
                "query($n: Int, $m: Int) { stories(first: $n, last: $m) { nodes { id } } }",
                json!({"n": null, "m": 3}),
                1 + 3 * 2,
            ),
            (
                "query($n: Int) { stories(first: 10) { nodes { nominee { stories(first: $n) { nodes { id } } } } } }",
                json!({"n": 4}),
                1 + 10 * (1 + 1 + 1 + 4 * 2),
            ),
            (
                "{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }",
                none.clone(),
                1 + 3,
            ),
            (
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({"ids": ["a", "b"]}),
                1 + 2,
            ),
            (
                "{ campaign { tally { entries { votes } } } }",
                none.clone(),
                1 + 1 + 1 + 100,
            ),
            (
                "{ campaign { stories { totalCount } } }",
                none.clone(),
                1 + 51 + 20,
            ),
            (
                "{ campaign { categories { id } } }",
                none.clone(),
                1 + 1 + 10,
            ),
            (
                "{ ...F ...F } fragment F on Query { serverTime }",
                none.clone(),
                2,
            ),
            (
                "{ node(id: \"a\") { ... on Campaign { categories { id } } } }",
                none.clone(),
                1 + 1 + 10,
            ),
            ("{ __schema { types { name } } }", none, 3),
        ] {
            assert_eq!(cost(query, variables), expected, "{query}");
        }
    }
}
