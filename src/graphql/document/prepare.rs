//! The preparation of a document: guarded, parsed, validated and priced, once.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Name, Pos, Positioned, Request, Response, ServerError, Variables};

use super::cost::{Cost, CostFigures, cost_max};
use super::fields::{SHARED_FIELDS, root_field, selects, selects_at_root_only, selects_only};
use super::params::{Hash, hash};
use super::schema_index::SchemaIndex;
use super::variables::{self, MissingVariables};
use super::{Errors, brackets, escapes, guard, literals, rejected};
use crate::app::App;
use crate::graphql::error::{code, document_error, finish};
use crate::graphql::schema::{self, Schema};
use crate::graphql::{CAMPAIGN_FIELDS, RequestContext};

/// Errors of a document that are told: who mends these sees the others.
const ERRORS_MAX: usize = 10;

/// A document that has been validated.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) hash: Hash,
    operations: HashMap<Option<Name>, Operation>,
    pub(super) tokens: u64,
}

/// An operation of a document.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) kind: OperationType,
    pub(super) field: &'static str,
    /// With the document's fragments, without its other operations.
    document: ExecutableDocument,
    cost: Cost,
    pub(super) reads_clock: bool,
    /// Whether its resolvers say which campaigns they read, and read nothing else.
    pub(super) reads_campaigns: bool,
    /// Whether it is a subscription that has nothing of the viewer's own.
    pub(super) is_shared: bool,
}

impl Document {
    /// The operation of this name, or the only one.
    pub(super) fn operation(&self, name: Option<&str>) -> Result<&Operation, Errors> {
        let found = match name {
            Some(name) => self.operations.get(&Some(Name::new(name))),
            None if self.operations.len() == 1 => self.operations.values().next(),
            None => None,
        };
        found.ok_or_else(|| {
            rejected(
                code::GRAPHQL_VALIDATION_FAILED,
                "Name one of the operations of the document in operationName.",
            )
        })
    }
}

impl Operation {
    pub(super) fn definition(&self) -> &OperationDefinition {
        match &self.document.operations {
            DocumentOperations::Single(definition) => &definition.node,
            DocumentOperations::Multiple(_) => unreachable!("it was built with one operation"),
        }
    }

    /// The cost with these variables and this largest roster, if it is within the limit.
    pub(super) fn cost_within_limit(
        &self,
        variables: &Variables,
        roster_max: u64,
    ) -> Result<CostFigures, Errors> {
        let operation = self.cost.of_operation(variables, roster_max);
        let max = cost_max(self.kind, roster_max);
        if operation > max {
            return Err(rejected(
                code::QUERY_TOO_COMPLEX,
                format!(
                    "This operation costs {operation}, at most {max} are allowed: ask for smaller pages or fewer fields."
                ),
            ));
        }
        Ok(CostFigures { operation, max })
    }

    /// The library's request for it. What is `missing` is taken out of the document.
    pub(super) fn request(
        &self,
        variables: Variables,
        missing: MissingVariables,
        requester: &RequestContext,
    ) -> Request {
        let mut document = self.document.clone();
        variables::remove_missing(&mut document, missing);
        let request = Request::new("").variables(variables);
        let mut request = request.data(requester.clone());
        request.set_parsed_query(document);
        request
    }
}

/// The schema that validates documents, and the index that prices them.
pub(super) struct Preparer {
    strict: Schema,
    pub(super) schema_index: SchemaIndex,
    pub(super) is_open: bool,
}

impl Preparer {
    /// Prepares for the schema on `app`; `is_open` allows introspection.
    pub(super) fn new(app: Arc<App>, is_open: bool) -> Self {
        let strict = schema::builder(app, is_open).extension(NothingExecuted);
        Self {
            strict: strict.finish(),
            schema_index: SchemaIndex::parse(&schema::sdl()),
            is_open,
        }
    }

    /// Guards, parses, validates and prices a document.
    pub(super) async fn prepare(&self, text: &str) -> Result<Arc<Document>, Errors> {
        let tokens = guard::scan(text).map_err(too_complex)?;
        let written = escapes::write_out(text).map_err(|offset| {
            let position = brackets::position(text, offset);
            vec![syntax_error(position, "this escape is no character.")]
        })?;
        let parsed = async_graphql::parser::parse_query(written.as_ref())
            .map_err(|error| vec![parser_error(text, &error.into())])?;
        if let Some(conflict) = guard::check(&parsed).map_err(too_complex)? {
            return Err(vec![conflict_error(&conflict)]);
        }
        self.validate(&parsed).await?;
        if let Some(quoted) = literals::find_quoted_enum(&self.schema_index, &parsed) {
            return Err(vec![quoted_error(&quoted)]);
        }
        // The library answers with null, which tells nobody why.
        if !self.is_open && selects(&parsed, &["__schema", "__type"]) {
            let message = "Introspection is off: read the schema where it is published.";
            return Err(rejected(code::GRAPHQL_VALIDATION_FAILED, message));
        }
        let operations: HashMap<_, _> = parsed
            .operations
            .iter()
            .map(|(name, definition)| (name.cloned(), self.operation(&parsed, definition)))
            .collect();
        Ok(Arc::new(Document {
            hash: hash(text),
            // Each of its operations is cached with all of its fragments.
            tokens: (tokens * operations.len()) as u64,
            operations,
        }))
    }

    async fn validate(&self, document: &ExecutableDocument) -> Result<(), Errors> {
        let mut request = Request::new("");
        if let DocumentOperations::Multiple(operations) = &document.operations {
            request.operation_name = operations.keys().next().map(ToString::to_string);
        }
        request.set_parsed_query(document.clone());
        // On the heap: every request would have room for it.
        let mut response = Box::pin(self.strict.execute(request)).await;
        finish(&mut response);
        if response.errors.is_empty() {
            Ok(())
        } else {
            response.errors.truncate(ERRORS_MAX);
            Err(response.errors)
        }
    }

    fn operation(
        &self,
        document: &ExecutableDocument,
        definition: &Positioned<OperationDefinition>,
    ) -> Operation {
        let kind = definition.node.ty;
        Operation {
            kind,
            field: root_field(&definition.node),
            cost: Cost::new(&self.schema_index, document, &definition.node),
            reads_campaigns: kind == OperationType::Query
                && selects_at_root_only(document, &definition.node, CAMPAIGN_FIELDS),
            reads_clock: selects(document, &["serverTime"]),
            is_shared: kind == OperationType::Subscription && selects_only(document, SHARED_FIELDS),
            document: ExecutableDocument {
                operations: DocumentOperations::Single(definition.clone()),
                fragments: document.fragments.clone(),
            },
        }
    }
}

/// The extension by which the library prepares and validates, and executes nothing.
struct NothingExecuted;

impl ExtensionFactory for NothingExecuted {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for NothingExecuted {
    async fn execute(
        &self,
        _: &ExtensionContext<'_>,
        _: Option<&str>,
        _: NextExecute<'_>,
    ) -> Response {
        Response::default()
    }
}

/// The refusal of the guard, in its words.
fn too_complex(why: String) -> Errors {
    let code = match why.as_str() {
        guard::UNENDED => code::GRAPHQL_PARSE_FAILED,
        _ => code::QUERY_TOO_COMPLEX,
    };
    rejected(code, why)
}

/// The parser's error in a plain sentence: its own words are those of its grammar, with the line, which may be all of
/// the document.
fn parser_error(text: &str, error: &ServerError) -> ServerError {
    if let Some((position, why)) = brackets::fault(text) {
        return syntax_error(position, &why);
    }
    let position = error.locations.first().copied().unwrap_or_default();
    syntax_error(position, "the document cannot be read from here on.")
}

fn syntax_error(at: Pos, why: &str) -> ServerError {
    let message = format!(
        "Syntax error in line {}, column {}: {why}",
        at.line, at.column
    );
    let mut error = document_error(code::GRAPHQL_PARSE_FAILED, message);
    error.locations = vec![at];
    error
}

fn quoted_error(quoted: &literals::QuotedEnum) -> ServerError {
    let message = format!(
        "A string stands where a value of the enum {} is expected: write it without quotes.",
        quoted.enum_name
    );
    let mut error = document_error(code::GRAPHQL_VALIDATION_FAILED, message);
    error.locations = vec![quoted.position];
    error
}

fn conflict_error(conflict: &guard::Conflict) -> ServerError {
    let message = format!(
        "Fields \"{}\" conflict: they are different fields, or have different arguments. Give them different aliases.",
        conflict.key
    );
    let mut error = document_error(code::GRAPHQL_VALIDATION_FAILED, message);
    error.locations = conflict.positions.to_vec();
    error
}
