//! Operations that are ready to be executed, and their execution.

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, Variables};
use futures_util::stream::{self, BoxStream, StreamExt as _};

use super::params::Hash;
use super::{CostFigures, Documents};
use crate::graphql::error::finish;
use crate::graphql::messages::Language;
use crate::graphql::{Reads, RequestContext};
use crate::id::{CampaignId, StaffId};
use crate::telemetry::traces::Span;

/// The name of a subscription whose results are the same for all who ask for it so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SharedKey {
    document: Hash,
    operation_name: Option<String>,
    /// In JSON.
    variables: String,
    /// The member of staff who asks: its memberships show it what the rules hide.
    staff: Option<StaffId>,
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
            staff: requester.viewer.staff(),
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
    /// Whether it is a query that takes long enough to be in the way of others.
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
        let mut span = Span::start(executable.field);
        let executing = async {
            if executable.is_heavy {
                self.heavy
                    .clone()
                    .execute(self.fast.clone(), executable.request)
                    .await
            } else {
                // On the heap: it is 16 KB, which would be moved with everything that waits for it.
                Box::pin(self.fast.execute(executable.request)).await
            }
        };
        let mut response = span.context().scope(executing).await;
        let code = finish(&mut response);
        span.set_word("acclaim.outcome", code.unwrap_or("ok"));
        (response, code)
    }

    /// Executes any operation. A query or mutation has one response.
    #[must_use]
    pub fn execute_stream(&self, executable: Executable) -> BoxStream<'static, Response> {
        let schema = self.fast.clone();
        let responses = if executable.is_heavy {
            stream::once(self.heavy.clone().execute(schema, executable.request)).left_stream()
        } else {
            schema.execute_stream(executable.request).right_stream()
        };
        Box::pin(responses.map(|mut response| {
            finish(&mut response);
            response
        }))
    }
}
