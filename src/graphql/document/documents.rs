//! The documents of a process: found by hash, text or id, and cached.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{ValidationMode, Variables};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::execute::{Executable, SharedKey};
use super::heavy::{HEAVY_COST, HeavyLane};
use super::params::{Hash, Params, hash, hash_id, not_found, parse_hash, persisted_id};
use super::prepare::{Document, Preparer};
use super::{Errors, rejected, variables};
use crate::app::App;
use crate::graphql::error::{code, request_error};
use crate::graphql::schema::{self, Schema};
use crate::graphql::{Reads, RequestContext};

/// Tokens of the documents that are cached, with some 250 bytes for each: 40 MB at most, thousands of usual documents.
const CACHED_TOKENS_MAX: u64 = 160_000;
/// Documents that are cached, as an estimate for the cache.
const CACHED_DOCUMENTS: usize = 2_048;
/// The price of preparing a document, charged to its caller.
const PREPARATION_COST: u32 = 100;

/// The documents that are executed.
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

/// The weight of a cached document: its tokens.
#[derive(Clone)]
struct ByTokens;

impl Weighter<Hash, Arc<Document>> for ByTokens {
    fn weight(&self, _: &Hash, document: &Arc<Document>) -> u64 {
        document.tokens
    }
}

/// Documents by id, and by `sha256:` and the hash of the text.
type TrustedDocuments = HashMap<String, Arc<Document>>;

/// The documents of a process.
pub struct Documents {
    app: Arc<App>,
    preparer: Preparer,
    /// The schema that executes.
    pub(super) fast: Schema,
    pub(super) heavy: HeavyLane,
    cached: Cache<Hash, Arc<Document>, ByTokens>,
    /// None where any document is executed.
    trusted: Option<TrustedDocuments>,
}

impl Documents {
    /// Builds the documents of `app`'s process.
    ///
    /// # Errors
    /// When a document of the manifest is not valid.
    pub async fn new(app: Arc<App>, policy: Policy) -> Result<Self, UntrustedError> {
        let is_open = matches!(policy, Policy::Open);
        let fast = schema::builder(Arc::clone(&app), is_open).validation_mode(ValidationMode::Fast);
        let mut documents = Self {
            preparer: Preparer::new(Arc::clone(&app), is_open),
            fast: fast.finish(),
            heavy: HeavyLane::new(),
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
            let document = match self.preparer.prepare(&text).await {
                Ok(document) => document,
                Err(errors) => {
                    let problems: Vec<String> = errors.into_iter().map(|e| e.message).collect();
                    let problem = problems.join(" ");
                    return Err(UntrustedError { id, problem });
                }
            };
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
        self.preparer.is_open
    }

    /// Finds or prepares the operation that a request asks for and charges the requester for it.
    ///
    /// # Errors
    /// The reasons why it is not executed.
    pub async fn find(
        &self,
        params: Params,
        requester: &RequestContext,
    ) -> Result<Executable, Errors> {
        let (executable, price) = self.find_priced(params, requester).await?;
        if executable.shared.is_none() {
            self.charge(requester, price)?;
        }
        Ok(executable)
    }

    /// Finds the operation of a document that the server executes itself, for all who come within a moment: nobody is
    /// charged.
    ///
    /// # Errors
    /// The reasons why it is not executed.
    pub async fn find_own(
        &self,
        text: &str,
        variables: Variables,
        requester: &RequestContext,
    ) -> Result<Executable, Errors> {
        let hash = hash(text);
        if self.trusted.is_none() && self.cached.get(&hash).is_none() {
            self.prepare(hash, text).await?;
        }
        let params = Params {
            query: Some(text.to_owned()),
            variables: Some(variables),
            ..Params::default()
        };
        let (executable, _) = self.find_priced(params, requester).await?;
        Ok(executable)
    }

    /// Finds or prepares an operation; gives its price, too.
    async fn find_priced(
        &self,
        params: Params,
        requester: &RequestContext,
    ) -> Result<(Executable, u32), Errors> {
        let extensions = params.extensions.unwrap_or_default();
        let id = persisted_id(&extensions, params.document_id)?;
        let is_by_hash = id.is_some();
        let text = params.query.filter(|text| !text.is_empty());
        let document = self.find_document(text, id, requester).await?;
        let operation = document.operation(params.operation_name.as_deref())?;
        let index = &self.preparer.schema_index;
        let (values, missing) = variables::coerce(index, operation.definition(), params.variables)
            .map_err(|error| vec![request_error(&error)])?;
        let roster_max = self.app.campaigns.catalog().roster_max() as u64;
        let cost = operation.cost_within_limit(&values, roster_max)?;
        let price = u32::try_from(cost.operation).unwrap_or(u32::MAX);
        let wants_cost = extensions.wants_cost();
        let shared = (operation.is_shared && !wants_cost)
            .then(|| SharedKey::new(document.hash, params.operation_name, &values, requester))
            .map(|key| (key, price));
        let reads = Reads::default();
        let request = operation.request(values, missing, requester);
        let executable = Executable {
            kind: operation.kind,
            field: operation.field,
            cost: wants_cost.then_some(cost),
            is_cacheable: is_by_hash && !operation.reads_clock,
            shared,
            request: request.data(reads.clone()),
            reads,
            reads_campaigns: operation.reads_campaigns,
            is_heavy: operation.kind == OperationType::Query && cost.operation > HEAVY_COST,
        };
        Ok((executable, price))
    }

    /// Charges the requester.
    ///
    /// # Errors
    /// When it has asked for too much.
    pub fn charge(&self, requester: &RequestContext, cost: u32) -> Result<(), Errors> {
        let charged = self.app.charge(requester.viewer, &requester.client, cost);
        charged.map_err(|error| vec![request_error(&error)])
    }

    /// Finds a document by its text, its id, or both.
    async fn find_document(
        &self,
        text: Option<String>,
        id: Option<String>,
        requester: &RequestContext,
    ) -> Result<Arc<Document>, Errors> {
        if let Some(trusted) = &self.trusted {
            return find_trusted(trusted, text.as_deref(), id);
        }
        match (text, id) {
            (None, None) => Err(no_query()),
            (Some(text), None) => self.find_or_prepare(hash(&text), &text, requester).await,
            (None, Some(id)) => self.find_by_hash(parse_hash(&id)?, requester).await,
            (Some(text), Some(id)) => self.register(parse_hash(&id)?, &text, requester).await,
        }
    }

    /// Finds a document that this process has cached, or that another has registered.
    async fn find_by_hash(
        &self,
        wanted: Hash,
        requester: &RequestContext,
    ) -> Result<Arc<Document>, Errors> {
        if let Some(document) = self.cached.get(&wanted) {
            return Ok(document);
        }
        let registered = self.app.find_document(&hash_id(&wanted)).await;
        let text = registered.filter(|text| hash(text) == wanted);
        let text = text.ok_or_else(not_found)?;
        self.find_or_prepare(wanted, &text, requester).await
    }

    /// Makes a document known to all processes, by the hash that its client says it has.
    async fn register(
        &self,
        claimed: Hash,
        text: &str,
        requester: &RequestContext,
    ) -> Result<Arc<Document>, Errors> {
        if hash(text) != claimed {
            return Err(rejected(
                code::BAD_USER_INPUT,
                "The hash is not that of the document: send the SHA-256 of its text in UTF-8, as hexadecimal digits.",
            ));
        }
        let document = self.find_or_prepare(claimed, text, requester).await?;
        self.app.register_document(&hash_id(&claimed), text).await;
        Ok(document)
    }

    /// The document of this text and hash, prepared at the requester's cost if it is not cached.
    async fn find_or_prepare(
        &self,
        hash: Hash,
        text: &str,
        requester: &RequestContext,
    ) -> Result<Arc<Document>, Errors> {
        if let Some(document) = self.cached.get(&hash) {
            return Ok(document);
        }
        self.charge(requester, PREPARATION_COST)?;
        self.prepare(hash, text).await
    }

    async fn prepare(&self, hash: Hash, text: &str) -> Result<Arc<Document>, Errors> {
        self.app.metrics.documents_prepared.inc();
        let document = Box::pin(self.preparer.prepare(text)).await?;
        self.cached.insert(hash, Arc::clone(&document));
        Ok(document)
    }
}

fn find_trusted(
    trusted: &TrustedDocuments,
    text: Option<&str>,
    id: Option<String>,
) -> Result<Arc<Document>, Errors> {
    let id = id.or_else(|| text.map(|text| hash_id(&hash(text))));
    let id = id.ok_or_else(no_query)?;
    let only_trusted = "Only the documents of the manifest are executed.";
    match (trusted.get(&id), text) {
        (Some(document), _) => Ok(Arc::clone(document)),
        (None, Some(_)) => Err(rejected(code::FORBIDDEN, only_trusted)),
        (None, None) => Err(not_found()),
    }
}

fn no_query() -> Errors {
    rejected(code::BAD_USER_INPUT, "There is no query.")
}
