//! The index of the schema: the prices of fields, and the types of the values that variables may have. It is read from
//! the SDL, so it cannot differ from what clients see.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, OperationType, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, Positioned, parser};

/// The number of entries of a list that nothing says the length of.
const ENTRIES_ASSUMED: u64 = 10;
/// Lists that are longer or shorter than that.
const LENGTHS: &[(&str, LengthRule)] = &[
    ("CampaignDesk.exports", LengthRule::Assumed(20)),
    // A fortnight of hours; a day of minutes is five times as long, and of next to nothing each.
    ("CampaignDesk.turnout", LengthRule::Assumed(300)),
    ("Query.nodes", LengthRule::Argument("ids")),
    ("Tally.entries", LengthRule::Roster),
];
/// The price of a field that takes a statement for each object it stands on: so high that it cannot stand on each
/// object of a page of 100.
const STATEMENT_PRICE: u64 = 50;
/// Fields that take a statement of their own.
const STATEMENTS: &[&str] = &[
    "AuditEvent.subject",
    "Campaign.stories",
    "Campaign.viewerQuotas",
    "Campaign.withholdings",
    "CampaignDesk.imports",
    "Import.rows",
    "CampaignDesk.exports",
    "CampaignDesk.stories",
    "CampaignDesk.storyCounts",
    "CampaignDesk.storyViews",
    "CampaignDesk.case",
    "CampaignDesk.cases",
    "CampaignDesk.examination",
    "CampaignDesk.openCases",
    "CampaignDesk.signals",
    "CampaignDesk.report",
    "CampaignDesk.turnout",
    "CampaignDesk.withholding",
    "CampaignDesk.withholdings",
    "Organisation.auditEvents",
    "Organisation.invitations",
    "Story.newer",
    "Story.older",
    "Viewer.forgetDueAt",
    "Viewer.identities",
    "Viewer.likes",
    "Viewer.votes",
];
/// The price of a field whose statement goes through all voters or votes of a campaign.
const COUNT_PRICE: u64 = 1_000;
/// Fields that take such a statement.
const COUNTS: &[&str] = &[
    "CampaignDesk.votersByWay",
    "CampaignDesk.voteGroups",
    "WithholdingRule.effect",
];
/// The type of the lists of nominees: those that are searched or shuffled go through a whole roster.
const NOMINEE_LIST: &str = "NomineeConnection";
/// The kinds of operations, each with a root type.
const OPERATION_TYPES: [OperationType; 3] = [
    OperationType::Query,
    OperationType::Mutation,
    OperationType::Subscription,
];

/// The rule for the number of objects below a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LengthRule {
    /// One, or as many as the list above it has been counted for.
    One,
    /// As many as `first` or `last` says.
    Page,
    /// As many as this argument has entries.
    Argument(&'static str),
    /// This many.
    Assumed(u64),
    /// As many as the largest campaign has nominees.
    Roster,
}

/// A field of an object or interface.
#[derive(Debug)]
pub(super) struct OutputField {
    /// The name of its type, lists and nulls aside.
    pub(super) type_name: Name,
    /// Its own price.
    pub(super) price: u64,
    /// The number of objects below it.
    pub(super) length: LengthRule,
    /// Whether it is a list of nominees.
    pub(super) lists_nominees: bool,
    /// Its arguments.
    pub(super) arguments: Vec<InputField>,
}

/// A field of an input object, or an argument.
#[derive(Debug)]
pub(super) struct InputField {
    /// Its name.
    pub(super) name: Name,
    /// Its type.
    pub(super) field_type: Type,
    /// Whether it may be left out although its type has no null.
    pub(super) has_default: bool,
}

/// A type of values that variables may have.
#[derive(Debug)]
pub(super) enum InputType {
    /// A scalar.
    Scalar,
    /// One of these names.
    Enum(HashSet<Name>),
    /// An object of these fields.
    Object(Vec<InputField>),
}

/// The index of a schema.
#[derive(Debug, Default)]
pub struct SchemaIndex {
    outputs: HashMap<Name, HashMap<Name, OutputField>>,
    inputs: HashMap<Name, InputType>,
}

impl SchemaIndex {
    /// Reads the SDL of a schema.
    ///
    /// # Panics
    /// When it is not one.
    #[must_use]
    pub fn parse(sdl: &str) -> Self {
        let document = parser::parse_schema(sdl).expect("the library prints SDL that it reads");
        let mut index = Self::default();
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                index.add(definition.node.name.node, definition.node.kind);
            }
        }
        index
    }

    fn add(&mut self, name: Name, kind: TypeKind) {
        match kind {
            TypeKind::Object(object) => self.add_output(name, object.fields),
            TypeKind::Interface(interface) => self.add_output(name, interface.fields),
            TypeKind::Enum(values) => {
                let names = values.values.into_iter().map(|value| value.node.value.node);
                self.inputs.insert(name, InputType::Enum(names.collect()));
            }
            TypeKind::InputObject(object) => {
                let fields = object
                    .fields
                    .into_iter()
                    .map(|field| input_field(field.node));
                self.inputs
                    .insert(name, InputType::Object(fields.collect()));
            }
            TypeKind::Scalar => {
                self.inputs.insert(name, InputType::Scalar);
            }
            TypeKind::Union(_) => {}
        }
    }

    fn add_output(&mut self, parent: Name, fields: Vec<Positioned<FieldDefinition>>) {
        let fields = fields.into_iter().map(|field| {
            let output = output_field(&parent, &field.node);
            (field.node.name.node, output)
        });
        let fields = fields.collect();
        self.outputs.insert(parent, fields);
    }

    /// A field of an object or interface.
    pub(super) fn output(&self, parent: &Name, field: &Name) -> Option<&OutputField> {
        self.outputs.get(parent)?.get(field)
    }

    /// A type of values; those that it does not know are scalars, too.
    pub(super) fn input(&self, name: &Name) -> &InputType {
        self.inputs.get(name).unwrap_or(&InputType::Scalar)
    }

    /// The names of the fields of the roots.
    pub(super) fn root_fields(&self) -> impl Iterator<Item = &Name> {
        let roots = OPERATION_TYPES.into_iter().map(root_type);
        let roots = roots.filter_map(|root| self.outputs.get(root));
        roots.flat_map(HashMap::keys)
    }
}

/// The name of the root type of an operation.
pub(super) fn root_type(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

fn output_field(parent: &Name, field: &FieldDefinition) -> OutputField {
    let path = format!("{parent}.{}", field.name.node);
    let price = if COUNTS.contains(&path.as_str()) {
        COUNT_PRICE
    } else if STATEMENTS.contains(&path.as_str()) {
        STATEMENT_PRICE
    } else {
        0
    };
    OutputField {
        price: 1 + price,
        length: length_rule(parent, &path, field),
        lists_nominees: base_name(&field.ty.node).as_str() == NOMINEE_LIST,
        arguments: field
            .arguments
            .iter()
            .cloned()
            .map(|argument| input_field(argument.node))
            .collect(),
        type_name: base_name(&field.ty.node).clone(),
    }
}

fn length_rule(parent: &Name, path: &str, field: &FieldDefinition) -> LengthRule {
    let known = LENGTHS.iter().find(|(known, _)| *known == path);
    let is_page = field
        .arguments
        .iter()
        .any(|argument| argument.node.name.node == "first");
    let is_list = matches!(field.ty.node.base, BaseType::List(_));
    // The entries of a connection have been counted with it, and a payload has few errors.
    let is_counted = parent.ends_with("Connection") || field.name.node == "userErrors";
    match known {
        Some((_, rule)) => *rule,
        None if is_page => LengthRule::Page,
        None if is_list && !is_counted => LengthRule::Assumed(ENTRIES_ASSUMED),
        None => LengthRule::One,
    }
}

fn input_field(field: InputValueDefinition) -> InputField {
    InputField {
        name: field.name.node,
        field_type: field.ty.node,
        has_default: field.default_value.is_some(),
    }
}

/// The name of a type, lists and nulls aside.
fn base_name(field_type: &Type) -> &Name {
    match &field_type.base {
        BaseType::Named(name) => name,
        BaseType::List(entry) => base_name(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_lengths_are_of_fields_that_there_are() {
        let schema_index = SchemaIndex::parse(&crate::graphql::sdl());
        let paths = STATEMENTS
            .iter()
            .chain(COUNTS)
            .chain(LENGTHS.iter().map(|(path, _)| path));
        for path in paths {
            let (parent, field) = path.split_once('.').expect("a type and a field");
            let found = schema_index.output(&Name::new(parent), &Name::new(field));
            assert!(found.is_some(), "{path}");
        }
        assert!(schema_index.outputs.contains_key(NOMINEE_LIST));
    }
}
