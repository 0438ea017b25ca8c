//! Literals that the library takes and the specification does not: a string where an enum is expected (3.9). Values of
//! variables are JSON, which has no other way to write an enum's value.

use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::schema_index::{InputField, InputType, SchemaIndex, root_type};

/// A string in the place of an enum's value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct QuotedEnum {
    pub(super) enum_name: Name,
    pub(super) position: Pos,
}

/// Finds the first string in the place of an enum's value.
pub(super) fn find_quoted_enum(
    schema_index: &SchemaIndex,
    document: &ExecutableDocument,
) -> Option<QuotedEnum> {
    let finder = Finder { schema_index };
    let in_operations = document.operations.iter().find_map(|(_, operation)| {
        let operation = &operation.node;
        let in_default = operation
            .variable_definitions
            .iter()
            .find_map(|definition| {
                let default = definition.node.default_value.as_ref()?;
                let value = default.node.clone().into_value();
                finder.value(&definition.node.var_type.node, &value, default.pos)
            });
        let parent = Name::new(root_type(operation.ty));
        in_default.or_else(|| finder.selections(&parent, &operation.selection_set.node))
    });
    in_operations.or_else(|| {
        document.fragments.values().find_map(|fragment| {
            let on = &fragment.node.type_condition.node.on.node;
            finder.selections(on, &fragment.node.selection_set.node)
        })
    })
}

struct Finder<'a> {
    schema_index: &'a SchemaIndex,
}

impl Finder<'_> {
    fn selections(&self, parent: &Name, set: &SelectionSet) -> Option<QuotedEnum> {
        set.items.iter().find_map(|item| match &item.node {
            Selection::Field(field) => self.field(parent, &field.node),
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                let condition = fragment.type_condition.as_ref();
                let on = condition.map_or(parent, |condition| &condition.node.on.node);
                self.selections(on, &fragment.selection_set.node)
            }
            // Fragments are looked at by themselves, once.
            Selection::FragmentSpread(_) => None,
        })
    }

    fn field(&self, parent: &Name, field: &Field) -> Option<QuotedEnum> {
        // Introspection has no enums to give, and validation names fields that there are not.
        let known = self.schema_index.output(parent, &field.name.node)?;
        let in_arguments = field.arguments.iter().find_map(|(name, value)| {
            let expected = find(&known.arguments, &name.node)?;
            self.positioned(expected, value)
        });
        in_arguments.or_else(|| self.selections(&known.type_name, &field.selection_set.node))
    }

    fn positioned(&self, expected: &Type, value: &Positioned<Value>) -> Option<QuotedEnum> {
        self.value(expected, &value.node, value.pos)
    }

    /// Looks into a value; the library keeps the position of the whole only.
    fn value(&self, expected: &Type, value: &Value, position: Pos) -> Option<QuotedEnum> {
        match (&expected.base, value) {
            (BaseType::List(entry), Value::List(values)) => values
                .iter()
                .find_map(|value| self.value(entry, value, position)),
            // A single value is a list of one.
            (BaseType::List(entry), value) => self.value(entry, value, position),
            (BaseType::Named(name), value) => match (self.schema_index.input(name), value) {
                (InputType::Enum(_), Value::String(_)) => Some(QuotedEnum {
                    enum_name: name.clone(),
                    position,
                }),
                (InputType::Object(fields), Value::Object(values)) => values
                    .iter()
                    .find_map(|(name, value)| self.value(find(fields, name)?, value, position)),
                _ => None,
            },
        }
    }
}

fn find<'a>(fields: &'a [InputField], name: &Name) -> Option<&'a Type> {
    let field = fields.iter().find(|field| field.name == *name)?;
    Some(&field.field_type)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SDL: &str =
        "enum Colour { RED } input Paint { colour: Colour! coats: [Colour!] text: String }
        type Query { a(c: Colour, cs: [Colour!], p: Paint, s: String): Query }";

    #[test]
    fn strings_for_enums_are_found_wherever_they_stand() {
        let index = SchemaIndex::parse(SDL);
        let find = |document: &str| {
            let document = parse_query(document).expect("a document");
            find_quoted_enum(&index, &document).map(|found| found.position.column)
        };
        for (document, column) in [
            ("{ a(c: \"RED\") { a } }", Some(8)),
            ("{ a(c: \"\"\"RED\"\"\") { a } }", Some(8)),
            ("{ a { a(cs: \"RED\") { a } } }", Some(13)),
            ("{ a(cs: [RED, \"RED\"]) { a } }", Some(9)),
            ("{ a(p: {colour: \"RED\"}) { a } }", Some(8)),
            ("{ a(p: {colour: RED, coats: [\"RED\"]}) { a } }", Some(8)),
            ("query($c: Colour = \"RED\") { a(c: $c) { a } }", Some(20)),
            (
                "{ ...F } fragment F on Query { a(c: \"RED\") { a } }",
                Some(37),
            ),
            ("{ ... on Query { a(c: \"RED\") { a } } }", Some(23)),
            ("{ ... { a(c: \"RED\") { a } } }", Some(14)),
            (
                "{ a(c: RED, cs: RED, p: {colour: RED, text: \"RED\"}, s: \"RED\") { a } }",
                None,
            ),
            ("query($c: Colour = RED) { a(c: $c) { a } }", None),
            ("{ a(c: null) { a } b(c: \"RED\") }", None),
        ] {
            assert_eq!(find(document), column, "{document}");
        }
    }
}
