//! The values of variables, as the GraphQL specification has them: coerced to their types before anything is executed
//! (6.1.2), and an argument whose variable has none is as if it were not written (6.4.1). The library does the first
//! while it executes, and knows nothing of the second.

use std::collections::HashSet;

use async_graphql::parser::types::{
    BaseType, Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection,
    SelectionSet, Type,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::{ConstValue, Value};
use uuid::Uuid;

use super::schema_index::{InputField, InputType, SchemaIndex};
use crate::error::{Error, Result};

/// Characters of a client's text that an error quotes.
const QUOTED_CHARS_MAX: usize = 40;

type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

/// The names of variables that have no value.
#[derive(Debug)]
pub struct MissingVariables(HashSet<Name>);

/// Coerces the values of the variables of `operation`; returns them, and the variables that have none. Values of
/// variables that the operation does not define are left out.
///
/// # Errors
/// [`Error::BadUserInput`] when a value is of another type, or missing.
pub fn coerce(
    schema_index: &SchemaIndex,
    operation: &OperationDefinition,
    given: Option<Variables>,
) -> Result<(Variables, MissingVariables)> {
    let mut given = given.unwrap_or_default();
    let mut values = Variables::default();
    let mut missing = HashSet::new();
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        let expected = &definition.var_type.node;
        let value = match (given.remove(name), &definition.default_value) {
            (Some(value), _) => coerce_value(schema_index, expected, value),
            // Validation has coerced it.
            (None, Some(default)) => Ok(default.node.clone()),
            (None, None) if expected.nullable => {
                missing.insert(name.clone());
                continue;
            }
            (None, None) => Err(Mismatch::missing(expected)),
        };
        let value = value.map_err(|mismatch| Error::BadUserInput(mismatch.message(name)))?;
        values.insert(name.clone(), value);
    }
    Ok((values, MissingVariables(missing)))
}

/// A fault of a value, and the path to it, innermost first.
struct Mismatch {
    path: Vec<String>,
    must: String,
}

impl Mismatch {
    fn wrong_type(expected: &Type) -> Self {
        Self {
            path: Vec::new(),
            must: format!("be of type {expected}"),
        }
    }

    fn missing(expected: &Type) -> Self {
        Self {
            path: Vec::new(),
            must: format!("have a value of type {expected}"),
        }
    }

    fn unknown_field(expected: &Type, name: &str) -> Self {
        let name: String = name.chars().take(QUOTED_CHARS_MAX).collect();
        Self {
            path: Vec::new(),
            must: format!("be of type {expected}, which has no field {name}"),
        }
    }

    fn within(mut self, step: &impl ToString) -> Self {
        self.path.push(step.to_string());
        self
    }

    fn message(self, variable: &Name) -> String {
        let steps = self.path.into_iter().rev();
        let path = steps.fold(String::new(), |path, step| path + "." + &step);
        format!("The variable ${variable}{path} must {}.", self.must)
    }
}

fn coerce_value(
    schema_index: &SchemaIndex,
    expected: &Type,
    value: ConstValue,
) -> Result<ConstValue, Mismatch> {
    match (&expected.base, value) {
        (_, ConstValue::Null) if expected.nullable => Ok(ConstValue::Null),
        (_, ConstValue::Null) => Err(Mismatch::missing(expected)),
        (BaseType::List(entry), ConstValue::List(values)) => {
            let coerced = values.into_iter().enumerate().map(|(index, value)| {
                coerce_value(schema_index, entry, value).map_err(|mismatch| mismatch.within(&index))
            });
            coerced.collect::<Result<_, _>>().map(ConstValue::List)
        }
        // A single value is a list of one.
        (BaseType::List(entry), value) => {
            coerce_value(schema_index, entry, value).map(|value| ConstValue::List(vec![value]))
        }
        (BaseType::Named(name), value) => match (schema_index.input(name), value) {
            (InputType::Scalar, value) => {
                coerce_scalar(name, value).ok_or_else(|| Mismatch::wrong_type(expected))
            }
            (InputType::Enum(names), ConstValue::String(name)) if names.contains(name.as_str()) => {
                Ok(ConstValue::Enum(Name::new(name)))
            }
            (InputType::Object(fields), ConstValue::Object(value)) => {
                coerce_object(schema_index, expected, fields, value)
            }
            _ => Err(Mismatch::wrong_type(expected)),
        },
    }
}

type Object = async_graphql::indexmap::IndexMap<Name, ConstValue>;

fn coerce_object(
    schema_index: &SchemaIndex,
    expected: &Type,
    fields: &[InputField],
    mut given: Object,
) -> Result<ConstValue, Mismatch> {
    let mut values = Object::with_capacity(fields.len());
    for field in fields {
        let value = match given.swap_remove(&field.name) {
            Some(value) => coerce_value(schema_index, &field.field_type, value),
            None if field.field_type.nullable || field.has_default => continue,
            None => Err(Mismatch::missing(&field.field_type)),
        };
        let value = value.map_err(|mismatch| mismatch.within(&field.name))?;
        values.insert(field.name.clone(), value);
    }
    match given.keys().next() {
        None => Ok(ConstValue::Object(values)),
        Some(unknown) => Err(Mismatch::unknown_field(expected, unknown)),
    }
}

/// The value as one of the scalar, if it can be one. Scalars of other names are read by their resolvers.
fn coerce_scalar(name: &str, value: ConstValue) -> Option<ConstValue> {
    let is_good = match (name, &value) {
        ("Int", ConstValue::Number(number)) => {
            let whole = whole(number)?;
            return i32::try_from(whole).ok().map(ConstValue::from);
        }
        ("ID", ConstValue::Number(number)) => number.is_i64() || number.is_u64(),
        ("UUID", ConstValue::String(text)) => Uuid::parse_str(text).is_ok(),
        ("Float", ConstValue::Number(_))
        | ("String" | "ID", ConstValue::String(_))
        | ("Boolean", ConstValue::Boolean(_)) => true,
        ("Int" | "Float" | "String" | "Boolean" | "ID" | "UUID", _) => false,
        _ => !matches!(value, ConstValue::Object(_) | ConstValue::List(_)),
    };
    is_good.then_some(value)
}

/// A number without a fraction, also where it is written with one: `3.0`.
fn whole(number: &async_graphql_value::Number) -> Option<i64> {
    let from_float = || {
        let float = number.as_f64()?;
        #[allow(clippy::cast_possible_truncation, reason = "it is within the bounds")]
        (float.fract() == 0.0 && float.abs() < 1e15).then_some(float as i64)
    };
    number.as_i64().or_else(from_float)
}

/// Takes the `missing` variables out of the document: their definitions, and the arguments and input fields that they
/// stand for. A variable that is used nowhere keeps its definition, which validation refuses.
pub(super) fn remove_missing(
    document: &mut ExecutableDocument,
    MissingVariables(missing): MissingVariables,
) {
    if missing.is_empty() {
        return;
    }
    let mut removal = Removal {
        missing,
        removed: HashSet::new(),
    };
    for fragment in document.fragments.values_mut() {
        removal.directives(&mut fragment.node.directives);
        removal.selections(&mut fragment.node.selection_set.node);
    }
    match &mut document.operations {
        DocumentOperations::Single(operation) => removal.operation(&mut operation.node),
        DocumentOperations::Multiple(operations) => operations
            .values_mut()
            .for_each(|operation| removal.operation(&mut operation.node)),
    }
}

/// The removal of variables from a document.
struct Removal {
    missing: HashSet<Name>,
    removed: HashSet<Name>,
}

impl Removal {
    fn operation(&mut self, operation: &mut OperationDefinition) {
        self.directives(&mut operation.directives);
        self.selections(&mut operation.selection_set.node);
        operation
            .variable_definitions
            .retain(|definition| !self.removed.contains(&definition.node.name.node));
    }

    fn selections(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    self.arguments(&mut field.node.arguments);
                    self.directives(&mut field.node.directives);
                    self.selections(&mut field.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.directives(&mut spread.node.directives),
                Selection::InlineFragment(fragment) => {
                    self.directives(&mut fragment.node.directives);
                    self.selections(&mut fragment.node.selection_set.node);
                }
            }
        }
    }

    fn directives(&mut self, directives: &mut [Positioned<Directive>]) {
        for directive in directives {
            self.arguments(&mut directive.node.arguments);
        }
    }

    fn arguments(&mut self, arguments: &mut Arguments) {
        arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
    }

    /// Whether a value is there, once the missing variables have been taken out of it.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.missing.contains(name) => {
                self.removed.insert(name.clone());
                false
            }
            Value::Object(fields) => {
                fields.retain(|_, value| self.keeps(value));
                true
            }
            // An entry keeps its place: it is null.
            Value::List(entries) => {
                for entry in entries {
                    if !self.keeps(entry) {
                        *entry = Value::Null;
                    }
                }
                true
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    const SDL: &str = "type Query { a: Int } scalar UUID scalar Long enum Colour { RED BLUE }
        input Point { x: Int! y: Int! = 0 label: String next: Point }";

    fn coerced(of: &str, given: serde_json::Value) -> Result<serde_json::Value, String> {
        let schema_index = SchemaIndex::parse(SDL);
        let document = parse_query(format!("query($v: {of}) {{ a }}")).expect("a document");
        let (_, operation) = document.operations.iter().next().expect("an operation");
        let given = Some(Variables::from_json(given));
        let (values, MissingVariables(absent)) =
            coerce(&schema_index, &operation.node, given).map_err(|error| error.to_string())?;
        assert_eq!(absent.is_empty(), values.contains_key("v"));
        Ok(values
            .get("v")
            .map_or(json!("absent"), |v| v.clone().into_json().expect("JSON")))
    }

    #[test]
    fn values_of_their_type_are_taken() {
        for (of, given, expected) in [
            ("Int", json!({"v": 3}), json!(3)),
            ("Int", json!({"v": 3.0}), json!(3)),
            ("Int", json!({"v": null}), json!(null)),
            ("Int", json!({}), json!("absent")),
            ("Int", json!({"other": 1}), json!("absent")),
            ("Int = 5", json!({}), json!(5)),
            ("Int! = 5", json!({}), json!(5)),
            ("Float!", json!({"v": 3}), json!(3)),
            ("ID!", json!({"v": 3}), json!(3)),
            ("ID!", json!({"v": "a"}), json!("a")),
            ("Boolean", json!({"v": true}), json!(true)),
            ("Colour", json!({"v": "RED"}), json!("RED")),
            ("[Int!]", json!({"v": [1, 2]}), json!([1, 2])),
            ("[Int!]", json!({"v": 1}), json!([1])),
            (
                "[[Int]]",
                json!({"v": [[1], null, 2]}),
                json!([[1], null, [2]]),
            ),
            ("Point", json!({"v": {"x": 1}}), json!({"x": 1})),
            (
                "Point",
                json!({"v": {"x": 1, "label": null}}),
                json!({"x": 1, "label": null}),
            ),
            ("Long", json!({"v": 5}), json!(5)),
            (
                "UUID",
                json!({"v": "6f1b3c64-29a5-4f0b-b7b0-7d1f5d3c9a10"}),
                json!("6f1b3c64-29a5-4f0b-b7b0-7d1f5d3c9a10"),
            ),
        ] {
            assert_eq!(coerced(of, given.clone()), Ok(expected), "{of} {given}");
        }
    }

    #[test]
    fn others_are_refused_with_their_place() {
        for (of, given, place) in [
            ("Int!", json!({}), "$v must have a value of type Int!"),
            ("Int!", json!({"v": null}), "$v must have a value"),
            ("Int", json!({"v": "3"}), "$v must be of type Int."),
            ("Int", json!({"v": 3.5}), "$v must be"),
            ("Int", json!({"v": 2_147_483_648_i64}), "$v must be"),
            ("Int", json!({"v": 1e300}), "$v must be"),
            ("Float", json!({"v": "1"}), "$v must be"),
            ("String", json!({"v": 1}), "$v must be"),
            ("String", json!({"v": {}}), "$v must be"),
            ("Boolean", json!({"v": 1}), "$v must be"),
            ("ID", json!({"v": 1.5}), "$v must be"),
            ("ID", json!({"v": true}), "$v must be"),
            ("UUID", json!({"v": "a"}), "$v must be of type UUID"),
            ("Long", json!({"v": [1]}), "$v must be"),
            ("Colour", json!({"v": "GREEN"}), "$v must be of type Colour"),
            ("Colour", json!({"v": 1}), "$v must be"),
            ("[Int!]", json!({"v": [1, null]}), "$v.1 must have a value"),
            ("[Int]", json!({"v": [1, "a"]}), "$v.1 must be of type Int"),
            (
                "Point",
                json!({"v": {}}),
                "$v.x must have a value of type Int!",
            ),
            (
                "Point",
                json!({"v": {"x": 1, "z": 2}}),
                "$v must be of type Point, which has no field z",
            ),
            (
                "Point",
                json!({"v": {"x": 1, "next": {"x": "a"}}}),
                "$v.next.x must be of type Int!",
            ),
            ("Point", json!({"v": 1}), "$v must be of type Point"),
        ] {
            let refused = coerced(of, given.clone()).expect_err("it is wrong");
            assert!(refused.contains(place), "{of} {given}: {refused}");
        }
    }
}
