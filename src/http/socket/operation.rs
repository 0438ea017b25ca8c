//! An operation of a socket: the stream of what is to be sent for it.

use std::pin::Pin;

use async_graphql::Response as GraphqlResponse;
use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};

use crate::graphql::RequestContext;
use crate::graphql::document::{CostFigures, Errors, Params};
use crate::http::Server;
use crate::http::params::Rejection;
use crate::http::shared_subscriptions::Update;

/// The next event of an operation.
pub(super) enum OperationEvent {
    /// It is not executed.
    Rejected(Errors),
    /// A result with its cost, if that is to be shown.
    Response(Box<GraphqlResponse>, Option<CostFigures>),
    /// A result of a shared subscription.
    Update(Update),
    /// Nothing follows.
    End,
}

/// The events of an operation, which ends with [`OperationEvent::End`].
pub(super) type Operation = Pin<Box<dyn Stream<Item = OperationEvent> + Send>>;

/// Starts an operation. Its document is found when it is polled, so that the other operations of the socket do not wait
/// for a store.
pub(super) fn start(
    server: Server,
    requester: RequestContext,
    params: Result<Params, Rejection>,
) -> Operation {
    // On the heap, which a subscription that goes on for hours gives back.
    let found = Box::pin(async move {
        execute(&server, &requester, params)
            .await
            .unwrap_or_else(|errors| once(OperationEvent::Rejected(errors)).boxed())
    });
    let events = stream::once(found).flatten();
    Box::pin(events.chain(once(OperationEvent::End)))
}

async fn execute(
    server: &Server,
    requester: &RequestContext,
    params: Result<Params, Rejection>,
) -> Result<BoxStream<'static, OperationEvent>, Errors> {
    let params = params.map_err(|rejection| rejection.errors)?;
    let mut executable = server.documents.find(params, requester).await?;
    if let Some(shared) = executable.shared.take() {
        let updates =
            server
                .subscriptions
                .watch(&server.documents, requester, shared, executable)?;
        return Ok(updates.map(OperationEvent::Update).boxed());
    }
    let cost = executable.cost;
    let responses = server.documents.execute_stream(executable);
    let events = responses.map(move |response| OperationEvent::Response(Box::new(response), cost));
    Ok(events.boxed())
}

fn once(event: OperationEvent) -> impl Stream<Item = OperationEvent> + Send {
    stream::once(std::future::ready(event))
}
