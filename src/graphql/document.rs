//! Documents: found by their hash or text, or prepared (guarded, parsed, validated, priced) and kept, so that none of it
//! is repeated; and their execution.
//!
//! Two schemas of the library share the work: the strict one validates a new document and executes nothing, the fast one
//! executes documents that have been validated and looks at little more.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{
    Name, Positioned, Request, Response, ServerError, ValidationMode, Value, Variables,
};
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER_PERMISSIVE;
use futures_util::stream::BoxStream;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::cost::{COST_MAX, Cost};
use super::error::{code, document_error, finish, request_error};
use super::messages::Language;
use super::shape::Shape;
use super::{Asker, Schema, guard, variables};
use crate::app::App;

/// Tokens of the documents that are kept, with some 250 bytes for each: 40 MB at most, thousands of usual documents.
const KEPT_TOKENS_MAX: u64 = 160_000;
/// Documents that are kept, as an estimate for the cache.
const KEPT_DOCUMENTS: usize = 2_048;
/// Characters of what the parser says.
const MESSAGE_CHARS_MAX: usize = 400;
/// Errors of a document that are told: who mends these sees the others.
const ERRORS_MAX: usize = 10;
/// What it costs its caller to have a document prepared.
const PREPARATION_COST: u32 = 100;

/// SHA-256 of a document's text.
type Hash = [u8; 32];

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

/// The parameters of a request, as GraphQL over HTTP names them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    /// The text of the document.
    pub query: Option<String>,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Option<Variables>,
    /// What the specification leaves to servers.
    pub extensions: Option<Extensions>,
    /// The id of a document of the manifest, or `sha256:` and the hash of a text; Relay's network layers say `doc_id`.
    #[serde(alias = "doc_id")]
    pub document_id: Option<String>,
}

/// The extensions of a request that we know; others are passed over.
#[derive(Debug, Default)]
pub struct Extensions {
    persisted_query: Option<Box<RawValue>>,
    cost: Option<serde_json::Value>,
}

impl<'de> Deserialize<'de> for Extensions {
    /// Reads an object: derived, it would take a list of the values, too.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "camelCase")]
        enum Key {
            PersistedQuery,
            Cost,
            #[serde(other)]
            Other,
        }

        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Extensions;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of extensions")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Extensions, A::Error> {
                let mut extensions = Extensions::default();
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::PersistedQuery => extensions.persisted_query = map.next_value()?,
                        Key::Cost => extensions.cost = map.next_value()?,
                        Key::Other => _ = map.next_value::<serde_json::Value>()?,
                    }
                }
                Ok(extensions)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl Extensions {
    /// Whether the client asks what its operation costs: `"extensions": {"cost": true}`.
    fn wants_cost(&self) -> bool {
        self.cost == Some(serde_json::Value::Bool(true))
    }
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
    /// Whether its answer may be kept by shared caches, as far as the document goes: it was asked for by its hash, and
    /// does not ask for the time.
    pub is_cacheable: bool,
    /// Of a subscription whose results are the same for all who have the same key, with its price: whoever is the first
    /// of them is still to be charged for it.
    pub shared: Option<(SharedKey, u32)>,
    request: Request,
}

/// Weighs a kept document by its tokens.
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
    shape: Shape,
    is_open: bool,
    kept: Cache<Hash, Arc<Document>, ByTokens>,
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
        let builder = || super::schema_builder(Arc::clone(&app), is_open);
        let mut documents = Self {
            strict: builder().extension(NothingExecuted).finish(),
            fast: builder().validation_mode(ValidationMode::Fast).finish(),
            shape: Shape::of(&super::sdl()),
            is_open,
            kept: Cache::with_weighter(KEPT_DOCUMENTS, KEPT_TOKENS_MAX, ByTokens),
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
                self.kept.insert(hash, document);
            }
        }
        Ok(())
    }

    /// Whether the schema may be read, for development.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Finds or prepares the operation that a request asks for and charges the asker for it.
    ///
    /// # Errors
    /// Why it is not executed.
    pub async fn find(&self, params: Params, asker: &Asker) -> Result<Executable, Errors> {
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
            .find_document(query.filter(|text| !text.is_empty()), id, asker)
            .await?;
        let operation = document.operation(operation_name.as_deref())?;
        let definition = operation.definition();
        let (variables, absent) = variables::coerce(&self.shape, definition, variables)
            .map_err(|error| vec![request_error(&error)])?;
        let cost = operation.cost.with(&variables);
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
                is_staff: asker.viewer.is_staff(),
                language: asker.language,
            };
            (key, price)
        });
        if shared.is_none() {
            self.charge(asker, price)?;
        }
        let mut executed = operation.document.clone();
        variables::remove_absent(&mut executed, absent);
        let mut request = Request::new("").variables(variables).data(asker.clone());
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
        asker: &Asker,
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
            return self.keep(hash(&text), &text, asker).await;
        };
        let wanted = parse_hash(&id)?;
        let Some(text) = text else {
            if let Some(document) = self.kept.get(&wanted) {
                return Ok(document);
            }
            let text = self.app.find_document(&hash_id(&wanted)).await;
            let text = text
                .filter(|text| hash(text) == wanted)
                .ok_or_else(not_found)?;
            return self.keep(wanted, &text, asker).await;
        };
        if hash(&text) != wanted {
            return Err(refused(
                code::BAD_USER_INPUT,
                "The hash is not that of the document: send the SHA-256 of its text in UTF-8, as hexadecimal digits.",
            ));
        }
        let document = self.keep(wanted, &text, asker).await?;
        self.app.register_document(&hash_id(&wanted), &text).await;
        Ok(document)
    }

    /// The document of this text and hash, prepared at the asker's cost if it is not kept.
    async fn keep(&self, hash: Hash, text: &str, asker: &Asker) -> Result<Arc<Document>, Errors> {
        if let Some(document) = self.kept.get(&hash) {
            return Ok(document);
        }
        self.charge(asker, PREPARATION_COST)?;
        self.app.metrics.documents_prepared.inc();
        let document = Box::pin(self.prepare(text)).await?;
        self.kept.insert(hash, Arc::clone(&document));
        Ok(document)
    }

    /// Charges the asker.
    ///
    /// # Errors
    /// When it has asked for too much.
    pub fn charge(&self, asker: &Asker, cost: u32) -> Result<(), Errors> {
        let charged = self.app.charge(asker.viewer, &asker.client, cost);
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
            // Each of its operations is kept with all of its fragments.
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
                cost: Cost::of(&self.shape, document, &Name::new(root), selection),
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

fn hash(text: &str) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

fn hash_id(hash: &Hash) -> String {
    format!("sha256:{}", data_encoding::HEXLOWER.encode(hash))
}

fn parse_hash(id: &str) -> Result<Hash, Errors> {
    let digits = id.strip_prefix("sha256:").unwrap_or(id);
    let bytes = HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(not_found)
}

/// The id of the document that a request asks for, by `documentId`, or as automatic persisted queries have it: the
/// extension `persistedQuery`, version 1.
fn persisted_id(
    extensions: &Extensions,
    document_id: Option<String>,
) -> Result<Option<String>, Errors> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PersistedQuery {
        version: Option<serde_json::Value>,
        sha256_hash: String,
    }

    let Some(persisted) = &extensions.persisted_query else {
        return Ok(document_id);
    };
    // A list of the values would be read, too.
    let object = Some(persisted.get()).filter(|text| text.starts_with('{'));
    let persisted = object.and_then(|text| serde_json::from_str(text).ok());
    let PersistedQuery {
        version,
        sha256_hash,
    } = persisted.ok_or_else(|| {
        refused(
            code::BAD_USER_INPUT,
            "The extension persistedQuery must be {version: 1, sha256Hash}.",
        )
    })?;
    if version.and_then(|version| version.as_u64()) != Some(1) {
        return Err(refused(
            code::PERSISTED_QUERY_NOT_SUPPORTED,
            "PersistedQueryNotSupported: only version 1 is.",
        ));
    }
    match document_id {
        Some(_) => Err(refused(
            code::BAD_USER_INPUT,
            "Name the document by documentId or by persistedQuery, not by both.",
        )),
        // In a manifest of Apollo's the hash is the id.
        None => Ok(Some(sha256_hash)),
    }
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

/// The root fields of the schema.
const ROOT_FIELDS: &[&str] = &[
    "node",
    "nodes",
    "campaign",
    "campaigns",
    "nominees",
    "stories",
    "nominee",
    "story",
    "viewer",
    "serverTime",
    "signInMiniProgram",
    "signInGuest",
    "signInStaff",
    "refreshSession",
    "signOut",
    "castVote",
    "castBallot",
    "setLike",
    "recordViews",
    "tallyChanged",
    "storyPublished",
];

/// The first root field, if it is one that the schema has.
fn root_field(operation: &OperationDefinition) -> &'static str {
    let first = operation.selection_set.node.items.first();
    let name = match first.map(|selection| &selection.node) {
        Some(Selection::Field(field)) => field.node.name.node.as_str(),
        _ => "",
    };
    let found = ROOT_FIELDS.iter().find(|field| **field == name);
    found.copied().unwrap_or("other")
}

/// The live tally, and what a tally shows that is the same for all who may see it.
const SHARED_FIELDS: &[&str] = &[
    "tallyChanged",
    "__typename",
    "id",
    // Of the tally.
    "campaign",
    "version",
    "asOf",
    "rawVotes",
    "countedVotes",
    "withheldVotes",
    "voters",
    "entries",
    // Of its campaign and entries.
    "slug",
    "title",
    "nominee",
    "votes",
    "rank",
    "share",
    // Of its nominees.
    "number",
    "name",
    "employer",
    "city",
    "portraitUrl",
    "status",
    "category",
    "key",
    "shortlistSize",
];

/// Whether a document selects no field but those of these names.
fn selects_only(document: &ExecutableDocument, names: &[&str]) -> bool {
    !selects_any(document, &|name| !names.contains(&name))
}

/// Whether a document selects a field of one of these names anywhere.
fn selects(document: &ExecutableDocument, names: &[&str]) -> bool {
    selects_any(document, &|name| names.contains(&name))
}

/// Whether a document selects a field whose name is wanted anywhere.
fn selects_any(document: &ExecutableDocument, is_wanted: &impl Fn(&str) -> bool) -> bool {
    fn within(set: &SelectionSet, is_wanted: &impl Fn(&str) -> bool) -> bool {
        set.items.iter().any(|item| match &item.node {
            Selection::Field(field) => {
                is_wanted(field.node.name.node.as_str())
                    || within(&field.node.selection_set.node, is_wanted)
            }
            Selection::InlineFragment(fragment) => {
                within(&fragment.node.selection_set.node, is_wanted)
            }
            Selection::FragmentSpread(_) => false,
        })
    }
    let operations = document.operations.iter();
    let operations = operations.map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values();
    let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
    operations
        .chain(fragments)
        .any(|set| within(set, is_wanted))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};

    use super::*;

    #[test]
    fn the_root_fields_are_those_of_the_schema() {
        let sdl = crate::graphql::sdl();
        let document = async_graphql::parser::parse_schema(sdl).expect("the SDL is good");
        let mut found: Vec<String> = Vec::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node;
            if let TypeKind::Object(object) = definition.node.kind
                && ["Query", "Mutation", "Subscription"].contains(&name.as_str())
            {
                let fields = object.fields.iter();
                found.extend(fields.map(|field| field.node.name.node.to_string()));
            }
        }
        found.sort_unstable();
        let mut known = ROOT_FIELDS.to_vec();
        known.sort_unstable();
        assert_eq!(known, found);
    }
}
