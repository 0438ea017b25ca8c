//! Operations that are ready to be executed, and their execution.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, Variables};
use futures_util::stream::{BoxStream, StreamExt as _};
use tokio::runtime::Handle;

use super::params::Hash;
use super::{CostFigures, Documents};
use crate::error::Error;
use crate::graphql::error::{finish, request_error};
use crate::graphql::messages::Language;
use crate::graphql::{Reads, RequestContext};
use crate::id::CampaignId;
use crate::telemetry::RequestId;

/// The name of a subscription whose results are the same for all who ask for it so.
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

impl SharedKey {
    pub(super) fn new(
        document: Hash,
        operation_name: Option<String>,
        variables: &Variables,
        requester: &RequestContext,
    ) -> Self {
        Self {
            document,
            operation_name,
            variables: serde_json::to_string(variables).unwrap_or_default(),
            is_staff: requester.viewer.is_staff(),
            language: requester.language,
        }
    }
}

/// An operation that is ready to be executed.
pub struct Executable {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Its first root field: a label of metrics that clients cannot multiply.
    pub field: &'static str,
    /// Its cost, if the client wants to know.
    pub cost: Option<CostFigures>,
    /// Whether its answer may be cached by shared caches, as far as the document goes: it was asked for by its hash,
    /// and does not ask for the time.
    pub is_cacheable: bool,
    /// The key and price of a subscription whose results are the same for all who have the same key: the first of them
    /// is still to be charged for it.
    pub shared: Option<(SharedKey, u32)>,
    /// Whether it takes long enough to be in the way of others.
    pub(super) is_heavy: bool,
    /// The sources of the answer, as its resolvers say.
    pub(super) reads: Reads,
    /// Whether they say which campaigns they read, and read nothing else.
    pub(super) reads_campaigns: bool,
    pub(super) request: Request,
}

/// Those whom the response to a query is for.
#[derive(Debug)]
pub enum Audience {
    /// Its requester alone.
    Requester,
    /// Everybody, as long as these campaigns do not change; any campaign, where they are not told.
    All(Option<Vec<CampaignId>>),
}

impl Documents {
    /// Executes a query that others may ask for, too, as [`Documents::execute`] does; the last says whom the response
    /// is for after all.
    pub async fn execute_public(
        &self,
        executable: Executable,
    ) -> (Response, Option<&'static str>, Audience) {
        let reads = executable.reads.clone();
        let reads_campaigns = executable.reads_campaigns;
        let (response, code) = self.execute(executable).await;
        let audience = if reads.is_private() {
            Audience::Requester
        } else {
            Audience::All(reads.campaigns().filter(|_| reads_campaigns))
        };
        (response, code, audience)
    }

    /// Executes a query or mutation. Its errors have their codes; the first of them is returned, too.
    pub async fn execute(&self, executable: Executable) -> (Response, Option<&'static str>) {
        let mut response = if executable.is_heavy {
            self.execute_apart(executable.request).await
        } else {
            // On the heap: it is 16 KB, which would be moved with everything that waits for it.
            Box::pin(self.fast.execute(executable.request)).await
        };
        let code = finish(&mut response);
        (response, code)
    }

    /// Executes a heavy operation on a thread of its own, one after the other: it would hold a thread on which votes
    /// wait for as long as it takes, since nothing in it has to wait.
    async fn execute_apart(&self, request: Request) -> Response {
        // Nothing closes the semaphore. The turn lasts as long as the execution, whoever still waits for it.
        let turn = Arc::clone(&self.heavy_turns).acquire_owned().await;
        let schema = self.fast.clone();
        let id = RequestId::current_or_new();
        let runtime = Handle::current();
        let executing = move || {
            let _turn = turn;
            runtime.block_on(id.scope(schema.execute(request)))
        };
        let executed = tokio::task::spawn_blocking(executing).await;
        executed.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program ends.
            Err(_) => Response::from_errors(vec![request_error(&Error::Unavailable)]),
        })
    }

    /// Executes any operation. A query or mutation has one response.
    #[must_use]
    pub fn execute_stream(&self, executable: Executable) -> BoxStream<'static, Response> {
        let responses = self.fast.execute_stream(executable.request);
        Box::pin(responses.map(|mut response| {
            finish(&mut response);
            response
        }))
    }
}
