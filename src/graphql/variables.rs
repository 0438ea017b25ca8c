//! Variables that a request leaves out, as the GraphQL specification has them (6.1.2 and 6.4.1): one that must have a
//! value is an error of the request, and an argument whose variable has none is as if it were not written. The library
//! knows neither: it executes without the one and cannot compute the cost of a list with the other.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value;
use serde_json::Map;

use crate::error::{Error, Result};

type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

/// Names of variables that have no value.
#[derive(Debug)]
pub struct Absent(HashSet<Name>);

/// The variables of `operation` that have no value, neither in `given` nor by default.
///
/// # Errors
/// [`Error::BadUserInput`] when one of them must have a value.
pub fn list_absent(
    operation: &OperationDefinition,
    given: Option<&Map<String, serde_json::Value>>,
) -> Result<Absent> {
    let mut absent = HashSet::new();
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        let value = given.and_then(|given| given.get(name.as_str()));
        let has_default = definition.default_value.is_some();
        let is_missing = value.map_or(!has_default, serde_json::Value::is_null);
        if is_missing && !definition.var_type.node.nullable {
            let kind = &definition.var_type.node;
            let message = format!("The variable ${name} of type {kind} must have a value.");
            return Err(Error::BadUserInput(message));
        }
        if value.is_none() && !has_default {
            absent.insert(name.clone());
        }
    }
    Ok(Absent(absent))
}

/// Gives variables that are left out the defaults of `operation`. The library does so for arguments, not for `@skip` and
/// `@include`.
pub fn add_defaults(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        if let Some(default) = &definition.node.default_value {
            let name = definition.node.name.node.clone();
            variables
                .entry(name)
                .or_insert_with(|| default.node.clone());
        }
    }
}

/// Takes the `absent` variables out of the document: their definitions, and the arguments and input fields that they
/// stand for. A variable that is used nowhere keeps its definition, which validation refuses.
pub fn remove_absent(document: &mut ExecutableDocument, Absent(absent): Absent) {
    if absent.is_empty() {
        return;
    }
    let mut removal = Removal {
        absent,
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

struct Removal {
    absent: HashSet<Name>,
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

    /// Whether a value is there, once what is absent has been taken out of it.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.absent.contains(name) => {
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
