//! The way of a document until the library validates it: `scan`, the parser, `check`, prices and variables.
//!
//! The input is the text of a document and, after a NUL, its variables in JSON. What the guard lets through has to be
//! within its limits by a count of our own over what the parser made of the text.

#![no_main]

use std::sync::LazyLock;

use acclaim::graphql::document::cost::Cost;
use acclaim::graphql::document::schema_index::SchemaIndex;
use acclaim::graphql::document::{guard, variables};
use acclaim::graphql::sdl;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::{ConstValue, Value};
use libfuzzer_sys::{Corpus, fuzz_mutator, fuzz_target};

/// The guard's limit of brackets within brackets.
const BRACKETS_MAX: usize = 32;
/// Selections that one may walk, fragments expanded, in a document that the guard lets through: 500 fields, each below
/// a hundred fragments and brackets, would be half of it.
const SELECTIONS_MAX: usize = 100_000;

static SCHEMA_INDEX: LazyLock<SchemaIndex> = LazyLock::new(|| SchemaIndex::parse(&sdl()));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    acclaim_fuzz::mutate(data, size, max_size, seed)
});

fuzz_target!(|input: &str| -> Corpus {
    let (text, given) = input.split_once('\0').unwrap_or((input, "{}"));
    let scanned = guard::scan(text);
    assert_eq!(scanned, guard::scan(text), "a second scan says the same");
    let Ok(tokens) = scanned else {
        return Corpus::Keep;
    };
    assert!(text.len() <= guard::DOCUMENT_BYTES_MAX);
    let Ok(document) = parse_query(text) else {
        return Corpus::Keep;
    };
    let mut measure = Measure::default();
    measure.document(&document);
    assert!(
        measure.tokens <= tokens,
        "the parser found {} tokens, the guard {tokens}",
        measure.tokens
    );
    assert!(
        measure.deepest <= BRACKETS_MAX,
        "the parser found {} brackets within brackets",
        measure.deepest
    );

    let checked = guard::check(&document);
    assert_eq!(checked, guard::check(&document), "so does a second check");
    if checked.is_err() {
        return Corpus::Keep;
    }
    let given: Option<Variables> = serde_json::from_str(given).ok();
    for (_, operation) in document.operations.iter() {
        let mut selections = 0;
        expand(
            &document,
            &operation.node.selection_set.node,
            &mut selections,
        );
        price(&document, &operation.node, given.clone());
    }
    Corpus::Keep
});

/// Nominees of the largest roster: as many as a large selection has.
const ROSTER_MAX: u64 = 10_000;

/// Coerces the variables of an operation, prices it, and takes out what has no value.
fn price(document: &ExecutableDocument, operation: &OperationDefinition, given: Option<Variables>) {
    let cost = Cost::new(&SCHEMA_INDEX, document, operation);
    let Ok((values, missing)) = variables::coerce(&SCHEMA_INDEX, operation, given) else {
        return;
    };
    let figure = cost.evaluate(&values, ROSTER_MAX);
    assert_eq!(
        figure,
        Cost::new(&SCHEMA_INDEX, document, operation).evaluate(&values, ROSTER_MAX),
        "a second look finds the same price"
    );
    let set = &operation.selection_set.node;
    let fields = set
        .items
        .iter()
        .filter(|item| matches!(item.node, Selection::Field(_)));
    assert!(figure >= fields.count() as u64, "no field is free");

    // Defaults are coerced by validation, which has not been here.
    let mut definitions = operation.variable_definitions.iter();
    if definitions.all(|definition| definition.node.default_value.is_none()) {
        let text = serde_json::to_string(&values).expect("values are JSON");
        let again = serde_json::from_str(&text).expect("that reads back");
        let again = variables::coerce(&SCHEMA_INDEX, operation, Some(again));
        let (again, _) = again.expect("what has been coerced is of its type");
        let again = serde_json::to_string(&again).expect("values are JSON");
        assert_eq!(again, text, "what has been coerced stays as it is");
    }

    let mut executed = document.clone();
    variables::remove_missing(&mut executed, missing);
    assert!(guard::check(&executed).is_ok(), "less is within the limits");
}

/// Walks a selection as the library does: every fragment wherever it is spread.
fn expand(document: &ExecutableDocument, set: &SelectionSet, selections: &mut usize) {
    for item in &set.items {
        *selections += 1;
        assert!(
            *selections <= SELECTIONS_MAX,
            "the fragments expand to more than {SELECTIONS_MAX} selections"
        );
        let below = match &item.node {
            Selection::Field(field) => Some(&field.node.selection_set),
            Selection::InlineFragment(inline) => Some(&inline.node.selection_set),
            Selection::FragmentSpread(spread) => {
                let fragment = document.fragments.get(&spread.node.fragment_name.node);
                fragment.map(|fragment| &fragment.node.selection_set)
            }
        };
        if let Some(set) = below {
            expand(document, &set.node, selections);
        }
    }
}

/// A count over a parsed document: its text has at least so many tokens, and exactly so many brackets in brackets.
/// Keywords do not count, which the parser also finds at the start of a name.
#[derive(Default)]
struct Measure {
    tokens: usize,
    depth: usize,
    deepest: usize,
}

impl Measure {
    fn document(&mut self, document: &ExecutableDocument) {
        for (name, operation) in document.operations.iter() {
            self.tokens += usize::from(name.is_some());
            let operation = &operation.node;
            if !operation.variable_definitions.is_empty() {
                self.within(|measure| measure.variables(operation));
            }
            self.directives(&operation.directives);
            self.selections(&operation.selection_set.node);
        }
        for fragment in document.fragments.values() {
            // Its name, and the type that it is on.
            self.tokens += 2;
            self.directives(&fragment.node.directives);
            self.selections(&fragment.node.selection_set.node);
        }
    }

    fn within(&mut self, inside: impl FnOnce(&mut Self)) {
        self.tokens += 2;
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        inside(self);
        self.depth -= 1;
    }

    fn variables(&mut self, operation: &OperationDefinition) {
        for definition in &operation.variable_definitions {
            // A dollar sign, its name, and a colon.
            self.tokens += 3;
            self.of_type(&definition.node.var_type.node);
            self.directives(&definition.node.directives);
            if let Some(default) = &definition.node.default_value {
                self.tokens += 1;
                self.constant(&default.node);
            }
        }
    }

    fn of_type(&mut self, of: &Type) {
        self.tokens += usize::from(!of.nullable);
        match &of.base {
            BaseType::Named(_) => self.tokens += 1,
            BaseType::List(entry) => self.within(|measure| measure.of_type(entry)),
        }
    }

    fn selections(&mut self, set: &SelectionSet) {
        self.within(|measure| {
            for item in &set.items {
                measure.selection(&item.node);
            }
        });
    }

    fn selection(&mut self, selection: &Selection) {
        match selection {
            Selection::Field(field) => {
                let field = &field.node;
                self.tokens += if field.alias.is_some() { 3 } else { 1 };
                self.arguments(&field.arguments);
                self.directives(&field.directives);
                if !field.selection_set.node.items.is_empty() {
                    self.selections(&field.selection_set.node);
                }
            }
            Selection::FragmentSpread(spread) => {
                self.tokens += 2;
                self.directives(&spread.node.directives);
            }
            Selection::InlineFragment(inline) => {
                let inline = &inline.node;
                self.tokens += if inline.type_condition.is_some() {
                    3
                } else {
                    1
                };
                self.directives(&inline.directives);
                self.selections(&inline.selection_set.node);
            }
        }
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            self.tokens += 2;
            self.arguments(&directive.node.arguments);
        }
    }

    fn arguments(&mut self, arguments: &[(Positioned<Name>, Positioned<Value>)]) {
        if arguments.is_empty() {
            return;
        }
        self.within(|measure| {
            for (_, value) in arguments {
                measure.tokens += 2;
                measure.value(&value.node);
            }
        });
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Variable(_) => self.tokens += 2,
            Value::List(entries) => self.within(|measure| {
                for entry in entries {
                    measure.value(entry);
                }
            }),
            Value::Object(fields) => self.within(|measure| {
                for value in fields.values() {
                    measure.tokens += 2;
                    measure.value(value);
                }
            }),
            _ => self.tokens += 1,
        }
    }

    fn constant(&mut self, value: &ConstValue) {
        self.value(&value.clone().into_value());
    }
}
