//! The cost of an operation: a sum for its being received and answered, every field 1, those that take a statement
//! more, and a list its length times the cost of an entry. It is computed once a document, but for lists whose length a
//! variable decides, and for the rosters that lists of nominees go through, which grow.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, Variables};
use async_graphql_value::{ConstValue, Value};

use super::schema_index::{LengthRule, SchemaIndex, root_type};
use crate::graphql::connection::{FIRST_DEFAULT, FIRST_MAX};

/// The largest cost of an operation, but for what grows with the campaigns.
const COST_MAX: u64 = 5_000;
/// As much more for each nominee of the largest campaign: its whole tally can be asked for.
const COST_MAX_PER_NOMINEE: u64 = 10;

/// The cost of any operation before its fields: it is received, prepared, written and sent.
const OPERATION_COST: u64 = 20;

/// Nominees that a search goes through for 1.
const SEARCHED_PER_UNIT: u64 = 50;
/// Nominees that a shuffle hashes and sorts for 1.
const SHUFFLED_PER_UNIT: u64 = 10;

/// The prices of the fields of introspection that make others: the library goes through the whole schema for them.
const INTROSPECTION: [(&str, u64); 2] = [("__schema", 1_000), ("__type", 100)];

/// The largest cost of an operation where the largest roster has so many nominees. Nobody needs a whole tally in the
/// answer to a mutation.
pub(super) fn cost_max(kind: OperationType, roster_max: u64) -> u64 {
    match kind {
        OperationType::Mutation => COST_MAX,
        OperationType::Query | OperationType::Subscription => {
            COST_MAX + COST_MAX_PER_NOMINEE * roster_max
        }
    }
}

/// The cost of a selection as a function of the variables and of the largest roster. Selections that `@skip` or
/// `@include` may leave out count.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    fixed: u64,
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
    /// As many as the largest roster has nominees.
    Roster,
    /// A way through the largest roster, in units, if an argument asks for it.
    RosterPass {
        /// Any search asks.
        search: PassArgument,
        /// An order asks that is not kept.
        order: PassArgument,
    },
}

/// An argument of a list of nominees that may ask for a way through the roster.
#[derive(Debug, Clone)]
enum PassArgument {
    /// It does not.
    None,
    /// It does.
    Literal,
    /// It does if this variable has a value, other than those.
    Variable(Name, &'static [&'static str]),
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

    /// The cost of the operation with these variables, where the largest roster has so many nominees.
    #[must_use]
    pub fn of_operation(&self, variables: &Variables, roster_max: u64) -> u64 {
        self.evaluate(variables, roster_max)
            .saturating_add(OPERATION_COST)
    }

    fn evaluate(&self, variables: &Variables, roster_max: u64) -> u64 {
        self.lists.iter().fold(self.fixed, |sum, (length, entry)| {
            let count = length.evaluate(variables, roster_max);
            sum.saturating_add(count.saturating_mul(entry.evaluate(variables, roster_max)))
        })
    }

    /// The cost of one field, whatever is below it.
    fn of(price: u64) -> Self {
        Self {
            fixed: price,
            lists: Vec::new(),
        }
    }

    fn add(&mut self, other: Self) {
        self.fixed = self.fixed.saturating_add(other.fixed);
        self.lists.extend(other.lists);
    }

    fn add_list(&mut self, length: ListLength, entry: Self) {
        match length {
            ListLength::Fixed(count) if entry.lists.is_empty() => {
                self.fixed = self.fixed.saturating_add(count.saturating_mul(entry.fixed));
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
        // The index does not have introspection.
        let known = self.schema_index.output(parent, &field.name.node);
        let entry_type = known.map_or(parent, |known| &known.type_name);
        let entry = self.selection_set(entry_type, &field.selection_set.node);
        let mut cost = Cost::of(known.map_or_else(|| unknown_price(field), |known| known.price));
        if known.is_some_and(|known| known.lists_nominees) {
            let pass = ListLength::RosterPass {
                search: pass_argument(field, "search", &[]),
                order: pass_argument(field, "orderBy", KEPT_ORDERS),
            };
            cost.add_list(pass, Cost::of(1));
        }
        match known.map_or(LengthRule::One, |known| known.length) {
            LengthRule::One => cost.add(entry),
            LengthRule::Assumed(count) => cost.add_list(ListLength::Fixed(count), entry),
            LengthRule::Roster => cost.add_list(ListLength::Roster, entry),
            LengthRule::Page => cost.add_list(page_length(field), entry),
            LengthRule::Argument(name) => cost.add_list(argument_length(field, name), entry),
        }
        cost
    }
}

/// The cost of an operation, and what it may be.
#[derive(Debug, Clone, Copy)]
pub struct CostFigures {
    pub(super) operation: u64,
    pub(super) max: u64,
}

impl CostFigures {
    /// The cost of the operation.
    #[must_use]
    pub fn operation(self) -> u64 {
        self.operation
    }
}

/// The member `extensions` of a response that says what its operation cost.
#[must_use]
pub fn cost_extension(cost: CostFigures) -> async_graphql::Value {
    let member = |name, value| IndexMap::from([(Name::new(name), value)]);
    let mut figures = member("operation", ConstValue::from(cost.operation));
    figures.insert(Name::new("max"), ConstValue::from(cost.max));
    ConstValue::Object(member("cost", ConstValue::Object(figures)))
}

impl ListLength {
    fn evaluate(&self, variables: &Variables, roster_max: u64) -> u64 {
        match self {
            Self::Fixed(count) => *count,
            Self::Roster => roster_max,
            Self::RosterPass { search, order } => {
                let pass = |argument: &PassArgument, per_unit: u64| {
                    u64::from(argument.asks(variables)) * roster_max / per_unit
                };
                pass(search, SEARCHED_PER_UNIT) + pass(order, SHUFFLED_PER_UNIT)
            }
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

/// The values of `orderBy` whose orders are kept.
const KEPT_ORDERS: &[&str] = &["NUMBER", "VOTES"];

impl PassArgument {
    fn asks(&self, variables: &Variables) -> bool {
        match self {
            Self::None => false,
            Self::Literal => true,
            Self::Variable(name, free) => match variables.get(name) {
                None | Some(ConstValue::Null) => false,
                Some(ConstValue::Enum(value)) => !free.contains(&value.as_str()),
                Some(ConstValue::String(value)) => !free.contains(&value.as_str()),
                Some(_) => true,
            },
        }
    }
}

/// An argument of a list of nominees, which asks for a way through the roster unless it has one of the `free` values.
fn pass_argument(field: &Field, name: &str, free: &'static [&'static str]) -> PassArgument {
    match field.get_argument(name).map(|value| &value.node) {
        None | Some(Value::Null) => PassArgument::None,
        Some(Value::Enum(value)) if free.contains(&value.as_str()) => PassArgument::None,
        Some(Value::Variable(name)) => PassArgument::Variable(name.clone(), free),
        Some(_) => PassArgument::Literal,
    }
}

/// The price of a field that the index does not have.
fn unknown_price(field: &Field) -> u64 {
    let name = field.name.node.as_str();
    let known = INTROSPECTION.iter().find(|(known, _)| *known == name);
    known.map_or(1, |(_, price)| *price)
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

    fn cost(query: &str, variables: serde_json::Value, roster_max: u64) -> u64 {
        let schema_index = SchemaIndex::parse(&crate::graphql::sdl());
        let document = parse_query(query).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let cost = Cost::new(&schema_index, &document, &operation.node);
        cost.evaluate(&Variables::from_json(variables), roster_max)
    }

    #[test]
    fn what_goes_through_a_roster_is_paid_by_it() {
        for (query, passes) in [
            (
                "{ nominees(campaignId: \"1\", first: 1) { totalCount } }",
                0,
            ),
            (
                "{ nominees(campaignId: \"1\", search: null, orderBy: VOTES) { totalCount } }",
                0,
            ),
            (
                "{ nominees(campaignId: \"1\", search: \"x\") { totalCount } }",
                1,
            ),
            (
                "{ nominees(campaignId: \"1\", orderBy: SHUFFLED) { totalCount } }",
                5,
            ),
            (
                "query($none: String) { nominees(campaignId: \"1\", search: $none) { totalCount } }",
                0,
            ),
            (
                "query($text: String) { nominees(campaignId: \"1\", search: $text) { totalCount } }",
                1,
            ),
            (
                "query($kept: NomineeOrder!) { nominees(campaignId: \"1\", orderBy: $kept) { totalCount } }",
                0,
            ),
            (
                "query($other: NomineeOrder!) { nominees(campaignId: \"1\", orderBy: $other) { totalCount } }",
                5,
            ),
            (
                "{ campaign(slug: \"a\") { a: nominees(first: 1, orderBy: SHUFFLED) { totalCount }
                    b: nominees(first: 1, search: \"x\") { totalCount } } }",
                6,
            ),
            (
                "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Campaign { nominees(search: \"x\") { totalCount } } } }",
                3,
            ),
            // A search is one, whatever it looks for.
            (
                "query($order: String) { nominees(campaignId: \"1\", search: $order) { totalCount } }",
                1,
            ),
            // Its entries are as many as the roster has, 50 times a way through it.
            ("{ campaign { tally { entries { votes } } } }", 50),
            ("{ campaign { tally { version } } }", 0),
        ] {
            let variables = json!({"ids": ["1", "1", "1"], "text": "x", "kept": "NUMBER", "other": "SHUFFLED",
                    "order": "VOTES"});
            let small = cost(query, variables.clone(), 0);
            let large = cost(query, variables, 10_000);
            assert_eq!(large - small, passes * 200, "{query}");
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
                "{ campaign { amendments { reason } } }",
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
            ("{ __schema { types { name } } }", none, 1_002),
        ] {
            assert_eq!(cost(query, variables, 100), expected, "{query}");
        }
    }
}
