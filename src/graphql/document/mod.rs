//! Documents: found by their hash or text, or prepared (guarded, parsed, validated, priced) and cached, so that none of it
//! is repeated; and their execution.
//!
//! Two schemas of the library share the work: the strict one validates a new document and executes nothing, the fast one
//! executes documents that have been validated and looks at little more.

pub mod cost;
mod fields;
pub mod guard;
pub mod manifest;
mod params;
pub mod schema_index;
pub mod variables;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
};
use async_graphql::{Name, Positioned, Request, Response, ServerError, ValidationMode, Value};
use futures_util::stream::BoxStream;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use self::cost::{COST_MAX, Cost};
use self::fields::{SHARED_FIELDS, root_field, selects, selects_only};
pub use self::params::{Extensions, Params};
use self::params::{Hash, hash, hash_id, parse_hash, persisted_id};
use self::schema_index::SchemaIndex;
use super::RequestContext;
use super::error::{code, document_error, finish, request_error};
use super::messages::Language;
use super::schema::{self, Schema};
use crate::app::App;

/// Tokens of the documents that are cached, with some 250 bytes for each: 40 MB at most, thousands of usual documents.
const CACHED_TOKENS_MAX: u64 = 160_000;
/// Documents that are cached, as an estimate for the cache.
const CACHED_DOCUMENTS: usize = 2_048;
/// Characters of what the parser says.
const MESSAGE_CHARS_MAX: usize = 400;
/// Errors of a document that are told: who mends these sees the others.
const ERRORS_MAX: usize = 10;
/// What it costs its caller to have a document prepared.
const PREPARATION_COST: u32 = 100;

/// Which documents are executed.
#[derive(Debug, Clone)]
pub enum Policy {
    /// Any within the limits, introspection too, with suggestions in errors.
    Open,
    /// Any within the limits.
    Any,
    /// Those of a manifest: ids with texts.
    Trusted(Vec<(String, String)>),
}

/// A document of the manifest that cannot be executed.
#[derive(Debug, thiserror::Error)]
#[error("the document {id} cannot be executed: {problem}")]
pub struct UntrustedError {
    id: String,
    problem: String,
}

/// Why a request is not executed.
pub type Errors = Vec<ServerError>;

/// Names a subscription that is the same for all who ask for it so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SharedKey {
    document: Hash,
    operation_name: Option<String>,
    /// In JSON.
    variables: String,
    /// Staff sees what the rules hide.
    is_staff: bool,
    language: Language,
}

/// A document that has been validated.
#[derive(Debug)]
struct Document {
    hash: Hash,
    operations: HashMap<Option<Name>, Operation>,
    tokens: u64,
}

/// One of its operations.
#[derive(Debug)]
struct Operation {
    kind: OperationType,
    field: &'static str,
    /// With the document's fragments, without its other operations.
    document: ExecutableDocument,
    cost: Cost,
    reads_clock: bool,
    /// Whether it is a subscription that has nothing of the viewer's own.
    is_shared: bool,
}

/// An operation that is ready to be executed.
pub struct Executable {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Its first root field: a label of metrics that clients cannot multiply.
    pub field: &'static str,
    /// What it costs, if the client wants to know.
    pub cost: Option<u64>,
    /// Whether its answer may be cached by shared caches, as far as the document goes: it was asked for by its hash, and
    /// does not ask for the time.
    pub is_cacheable: bool,
    /// Of a subscription whose results are the same for all who have the same key, with its price: whoever is the first
    /// of them is still to be charged for it.
    pub shared: Option<(SharedKey, u32)>,
    request: Request,
}

/// Weighs a cached document by its tokens.
#[derive(Clone)]
struct ByTokens;

impl Weighter<Hash, Arc<Document>> for ByTokens {
    fn weight(&self, _: &Hash, document: &Arc<Document>) -> u64 {
        document.tokens
    }
}

/// The documents of a process.
pub struct Documents {
    app: Arc<App>,
    strict: Schema,
    fast: Schema,
    schema_index: SchemaIndex,
    is_open: bool,
    cached: Cache<Hash, Arc<Document>, ByTokens>,
    /// By id, and by `sha256:` and the hash of the text; none where any document is executed.
    trusted: Option<HashMap<String, Arc<Document>>>,
}

impl Documents {
    /// The documents of `app`'s process.
    ///
    /// # Errors
    /// When a document of the manifest is not valid.
    pub async fn new(app: Arc<App>, policy: Policy) -> Result<Self, UntrustedError> {
        let is_open = matches!(policy, Policy::Open);
        let builder = || schema::builder(Arc::clone(&app), is_open);
        let mut documents = Self {
            strict: builder().extension(NothingExecuted).finish(),
            fast: builder().validation_mode(ValidationMode::Fast).finish(),
            schema_index: SchemaIndex::of(&schema::sdl()),
            is_open,
            cached: Cache::with_weighter(CACHED_DOCUMENTS, CACHED_TOKENS_MAX, ByTokens),
            trusted: None,
            app,
        };
        if let Policy::Trusted(manifest) = policy {
            documents.trusted = Some(HashMap::new());
            documents.add(manifest).await?;
        }
        Ok(documents)
    }

    /// Adds documents that come with the program, ids with texts: trusted where only those are executed, else known
    /// before anybody has sent them.
    ///
    /// # Errors
    /// When one is not valid.
    pub async fn add(&mut self, manifest: Vec<(String, String)>) -> Result<(), UntrustedError> {
        for (id, text) in manifest {
            let document = self.prepare(&text).await.map_err(|errors| {
                let problems = errors.into_iter().map(|error| error.message);
                let problem = problems.collect::<Vec<_>>().join(" ");
                UntrustedError {
                    id: id.clone(),
                    problem,
                }
            })?;
            let hash = hash(&text);
            if let Some(trusted) = &mut self.trusted {
                trusted.insert(hash_id(&hash), Arc::clone(&document));
                trusted.insert(id, document);
            } else {
                self.cached.insert(hash, document);
            }
        }
        Ok(())
    }

    /// Whether the schema may be read, for development.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Finds or prepares the operation that a request asks for and charges the requester for it.
    ///
    /// # Errors
    /// Why it is not executed.
    pub async fn find(
        &self,
        params: Params,
        requester: &RequestContext,
    ) -> Result<Executable, Errors> {
        let Params {
            query,
            operation_name,
            variables,
            extensions,
            document_id,
        } = params;
        let extensions = extensions.unwrap_or_default();
        let id = persisted_id(&extensions, document_id)?;
        let is_by_hash = id.is_some();
        let document = self
            .find_document(query.filter(|text| !text.is_empty()), id, requester)
            .await?;
        let operation = document.operation(operation_name.as_deref())?;
        let definition = operation.definition();
        let (variables, absent) = variables::coerce(&self.schema_index, definition, variables)
            .map_err(|error| vec![request_error(&error)])?;
        let cost = operation.cost.evaluate(&variables);
        if cost > COST_MAX {
            return Err(refused(
                code::QUERY_TOO_COMPLEX,
                format!(
                    "This operation costs {cost}, at most {COST_MAX} are allowed: ask for smaller pages or fewer fields."
                ),
            ));
        }
        let price = u32::try_from(cost).unwrap_or(u32::MAX);
        let wants_cost = extensions.wants_cost();
        let shared = (operation.is_shared && !wants_cost).then(|| {
            let key = SharedKey {
                document: document.hash,
                operation_name,
                variables: serde_json::to_string(&variables).unwrap_or_default(),
                is_staff: requester.viewer.is_staff(),
                language: requester.language,
            };
            (key, price)
        });
        if shared.is_none() {
            self.charge(requester, price)?;
        }
        let mut executed = operation.document.clone();
        variables::remove_missing(&mut executed, absent);
        let mut request = Request::new("")
            .variables(variables)
            .data(requester.clone());
        request.set_parsed_query(executed);
        Ok(Executable {
            kind: operation.kind,
            field: operation.field,
            cost: wants_cost.then_some(cost),
            is_cacheable: is_by_hash && !operation.reads_clock,
            shared,
            request,
        })
    }

    /// Executes a query or mutation. Its errors have their codes; the first of them is returned, too.
    pub async fn execute(&self, executable: Executable) -> (Response, Option<&'static str>) {
        // On the heap: it is 16 KB, which would be moved with everything that waits for it.
        let mut response = Box::pin(self.fast.execute(executable.request)).await;
        let code = finish(&mut response);
        (response, code)
    }

    /// Executes any operation. A query or mutation has one response.
    #[must_use]
    pub fn execute_stream(&self, executable: Executable) -> BoxStream<'static, Response> {
        let responses = self.fast.execute_stream(executable.request);
        Box::pin(futures_util::StreamExt::map(responses, |mut response| {
            finish(&mut response);
            response
        }))
    }

    async fn find_document(
        &self,
        text: Option<String>,
        id: Option<String>,
        requester: &RequestContext,
    ) -> Result<Arc<Document>, Errors> {
        if let Some(trusted) = &self.trusted {
            let id = id.or_else(|| text.as_deref().map(|text| hash_id(&hash(text))));
            let id = id.ok_or_else(no_query)?;
            return trusted.get(&id).cloned().ok_or_else(|| match text {
                Some(_) => refused(
                    code::FORBIDDEN,
                    "Only the documents of the manifest are executed.",
                ),
                None => not_found(),
            });
        }
        let Some(id) = id else {
            let text = text.ok_or_else(no_query)?;
            return self.keep(hash(&text), &text, requester).await;
        };
        let wanted = parse_hash(&id)?;
        let Some(text) = text else {
            if let Some(document) = self.cached.get(&wanted) {
                return Ok(document);
            }
            let text = self.app.find_document(&hash_id(&wanted)).await;
            let text = text
                .filter(|text| hash(text) == wanted)
                .ok_or_else(not_found)?;
            return self.keep(wanted, &text, requester).await;
        };
        if hash(&text) != wanted {
            return Err(refused(
                code::BAD_USER_INPUT,
                "The hash is not that of the document: send the SHA-256 of its text in UTF-8, as hexadecimal digits.",
            ));
        }
        let document = self.keep(wanted, &text, requester).await?;
        self.app.register_document(&hash_id(&wanted), &text).await;
        Ok(document)
    }

    /// The document of this text and hash, prepared at the requester's cost if it is not cached.
    async fn keep(
        &self,
        hash: Hash,
        text: &str,
        requester: &RequestContext,
    ) -> Result<Arc<Document>, Errors> {
        if let Some(document) = self.cached.get(&hash) {
            return Ok(document);
        }
        self.charge(requester, PREPARATION_COST)?;
        self.app.metrics.documents_prepared.inc();
        let document = Box::pin(self.prepare(text)).await?;
        self.cached.insert(hash, Arc::clone(&document));
        Ok(document)
    }

    /// Charges the requester.
    ///
    /// # Errors
    /// When it has asked for too much.
    pub fn charge(&self, requester: &RequestContext, cost: u32) -> Result<(), Errors> {
        let charged = self.app.charge(requester.viewer, &requester.client, cost);
        charged.map_err(|error| vec![request_error(&error)])
    }

    /// Guards, parses, validates and prices a document.
    async fn prepare(&self, text: &str) -> Result<Arc<Document>, Errors> {
        let too_complex = |why: String| match why.as_str() {
            guard::UNENDED => refused(code::GRAPHQL_PARSE_FAILED, why),
            _ => refused(code::QUERY_TOO_COMPLEX, why),
        };
        let tokens = guard::scan(text).map_err(too_complex)?;
        let parsed = async_graphql::parser::parse_query(text).map_err(|error| {
            let mut error = ServerError::from(error);
            error.message = shortened(error.message);
            error.extensions = document_error(code::GRAPHQL_PARSE_FAILED, "").extensions;
            vec![error]
        })?;
        if let Some(conflict) = guard::check(&parsed).map_err(too_complex)? {
            return Err(vec![conflict_error(&conflict)]);
        }
        self.validate(&parsed).await?;
        // The library answers with null, which tells nobody why.
        if !self.is_open && selects(&parsed, &["__schema", "__type"]) {
            let message = "Introspection is off: read the schema where it is published.";
            return Err(refused(code::GRAPHQL_VALIDATION_FAILED, message));
        }
        Ok(Arc::new(Document {
            hash: hash(text),
            operations: self.operations(&parsed),
            // Each of its operations is cached with all of its fragments.
            tokens: (tokens * parsed.operations.iter().count()) as u64,
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

    fn operations(&self, document: &ExecutableDocument) -> HashMap<Option<Name>, Operation> {
        let of = |definition: &Positioned<OperationDefinition>| {
            let root = match definition.node.ty {
                OperationType::Query => "Query",
                OperationType::Mutation => "Mutation",
                OperationType::Subscription => "Subscription",
            };
            let selection = &definition.node.selection_set.node;
            Operation {
                kind: definition.node.ty,
                field: root_field(&definition.node),
                cost: Cost::of(&self.schema_index, document, &Name::new(root), selection),
                reads_clock: selects(document, &["serverTime"]),
                is_shared: definition.node.ty == OperationType::Subscription
                    && selects_only(document, SHARED_FIELDS),
                document: ExecutableDocument {
                    operations: DocumentOperations::Single(definition.clone()),
                    fragments: document.fragments.clone(),
                },
            }
        };
        document
            .operations
            .iter()
            .map(|(name, definition)| (name.cloned(), of(definition)))
            .collect()
    }
}

impl Document {
    fn operation(&self, name: Option<&str>) -> Result<&Operation, Errors> {
        let found = match name {
            Some(name) => self.operations.get(&Some(Name::new(name))),
            None if self.operations.len() == 1 => self.operations.values().next(),
            None => None,
        };
        found.ok_or_else(|| {
            refused(
                code::GRAPHQL_VALIDATION_FAILED,
                "Name one of the operations of the document in operationName.",
            )
        })
    }
}

impl Operation {
    fn definition(&self) -> &OperationDefinition {
        match &self.document.operations {
            DocumentOperations::Single(definition) => &definition.node,
            DocumentOperations::Multiple(_) => unreachable!("it was built with one operation"),
        }
    }
}

/// Lets the library prepare and validate, and executes nothing.
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

fn refused(code: &'static str, message: impl Into<String>) -> Errors {
    vec![document_error(code, message)]
}

fn conflict_error(conflict: &guard::Conflict) -> ServerError {
    let message = format!(
        "Fields \"{}\" conflict: they are different fields, or have different arguments. Give them different aliases.",
        conflict.key
    );
    let mut error = document_error(code::GRAPHQL_VALIDATION_FAILED, message);
    error.locations = conflict.places.to_vec();
    error
}

/// The parser quotes the line that it cannot read, which may be the whole document.
fn shortened(mut message: String) -> String {
    if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARS_MAX) {
        message.truncate(end);
        message.push('…');
    }
    message
}

fn no_query() -> Errors {
    refused(code::BAD_USER_INPUT, "There is no query.")
}

/// In the words that clients of automatic persisted queries look for: they send the text then.
fn not_found() -> Errors {
    refused(code::PERSISTED_QUERY_NOT_FOUND, "PersistedQueryNotFound")
}

/// The member `extensions` of a response that says what its operation cost.
#[must_use]
pub fn cost_extension(cost: u64) -> Value {
    let member =
        |name, value: Value| async_graphql::indexmap::IndexMap::from([(Name::new(name), value)]);
    let mut figures = member("operation", Value::from(cost));
    figures.insert(Name::new("max"), Value::from(COST_MAX));
    Value::Object(member("cost", Value::Object(figures)))
}
