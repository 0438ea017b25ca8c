//! The schema as the front door needs it: what fields cost, and which values variables may have. It is read from the
//! SDL, so it cannot differ from what clients see.

use std::collections::{HashMap, HashSet};

use async_graphql::Name;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Positioned, parser};

/// Entries that a list is taken to have where nothing says how long it is.
const ENTRIES_ASSUMED: u64 = 10;
/// Lists that are longer or shorter than that.
const LENGTHS: &[(&str, Length)] = &[
    ("Query.nodes", Length::Argument("ids")),
    ("Tally.entries", Length::Assumed(100)),
];
/// What fields cost that take a statement of their own wherever they stand: below a page of 100, that is too much.
const STATEMENT_PRICE: u64 = 50;
const STATEMENTS: &[&str] = &["Campaign.stories", "Campaign.viewerQuotas"];

/// How many objects stand below a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// One, or as many as the list above it has been counted for.
    One,
    /// As many as `first` or `last` says.
    Page,
    /// As many as this argument has entries.
    Argument(&'static str),
    /// This many.
    Assumed(u64),
}

/// A field of an object.
#[derive(Debug)]
pub struct FieldShape {
    /// The type of its value, lists and nulls aside.
    pub of: Name,
    /// What it costs itself.
    pub price: u64,
    /// How many objects stand below it.
    pub length: Length,
}

/// A field of an input object.
#[derive(Debug)]
pub struct InputField {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub of: Type,
    /// Whether it may be left out although its type has no null.
    pub has_default: bool,
}

/// The values of a type that variables may have.
#[derive(Debug)]
pub enum InputShape {
    /// A scalar.
    Scalar,
    /// One of these names.
    Enum(HashSet<Name>),
    /// An object of these fields.
    Object(Vec<InputField>),
}

/// The schema.
#[derive(Debug)]
pub struct SchemaIndex {
    fields: HashMap<Name, HashMap<Name, FieldShape>>,
    inputs: HashMap<Name, InputShape>,
}

impl SchemaIndex {
    /// Reads the SDL of a schema.
    ///
    /// # Panics
    /// When it is not one.
    #[must_use]
    pub fn of(sdl: &str) -> Self {
        let document = parser::parse_schema(sdl).expect("the library prints SDL that it reads");
        let (mut fields, mut inputs) = (HashMap::new(), HashMap::new());
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node;
            match definition.node.kind {
                TypeKind::Object(object) => {
                    let shapes = object_shape(&name, object.fields);
                    fields.insert(name, shapes);
                }
                TypeKind::Interface(interface) => {
                    let shapes = object_shape(&name, interface.fields);
                    fields.insert(name, shapes);
                }
                TypeKind::Enum(kind) => {
                    let names = kind.values.into_iter().map(|value| value.node.value.node);
                    inputs.insert(name, InputShape::Enum(names.collect()));
                }
                TypeKind::InputObject(object) => {
                    let fields = object
                        .fields
                        .into_iter()
                        .map(|field| input_field(field.node));
                    inputs.insert(name, InputShape::Object(fields.collect()));
                }
                TypeKind::Scalar => {
                    inputs.insert(name, InputShape::Scalar);
                }
                TypeKind::Union(_) => {}
            }
        }
        Self { fields, inputs }
    }

    /// A field of an object or interface.
    #[must_use]
    pub fn field(&self, parent: &Name, field: &Name) -> Option<&FieldShape> {
        self.fields.get(parent)?.get(field)
    }

    /// A type of values; scalars are those that it does not know, too.
    #[must_use]
    pub fn input(&self, name: &Name) -> &InputShape {
        self.inputs.get(name).unwrap_or(&InputShape::Scalar)
    }
}

fn object_shape(
    parent: &Name,
    fields: Vec<Positioned<FieldDefinition>>,
) -> HashMap<Name, FieldShape> {
    let schema_index = |field: Positioned<FieldDefinition>| {
        let field = field.node;
        let place = format!("{parent}.{}", field.name.node);
        let takes_statement = STATEMENTS.contains(&place.as_str());
        let schema_index = FieldShape {
            price: if takes_statement {
                1 + STATEMENT_PRICE
            } else {
                1
            },
            length: length(parent, &place, &field),
            of: named(&field.ty.node).clone(),
        };
        (field.name.node, schema_index)
    };
    fields.into_iter().map(schema_index).collect()
}

fn length(parent: &Name, place: &str, field: &FieldDefinition) -> Length {
    let has = |name: &str| field.arguments.iter().any(|a| a.node.name.node == name);
    let known = LENGTHS.iter().find(|(known, _)| *known == place);
    let is_list = matches!(field.ty.node.base, BaseType::List(_));
    // The entries of a connection have been counted with it, and a payload has few errors.
    let is_counted = parent.ends_with("Connection") || field.name.node == "userErrors";
    match known {
        Some((_, length)) => *length,
        None if has("first") => Length::Page,
        None if is_list && !is_counted => Length::Assumed(ENTRIES_ASSUMED),
        None => Length::One,
    }
}

fn input_field(field: InputValueDefinition) -> InputField {
    InputField {
        name: field.name.node,
        of: field.ty.node,
        has_default: field.default_value.is_some(),
    }
}

fn named(of: &Type) -> &Name {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(entry) => named(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_lengths_are_of_fields_that_there_are() {
        let schema_index = SchemaIndex::of(&crate::graphql::sdl());
        let places = STATEMENTS
            .iter()
            .chain(LENGTHS.iter().map(|(place, _)| place));
        for place in places {
            let (parent, field) = place.split_once('.').expect("a type and a field");
            let found = schema_index.field(&Name::new(parent), &Name::new(field));
            assert!(found.is_some(), "{place}");
        }
    }
}
