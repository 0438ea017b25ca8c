//! Heavy queries, executed apart: nothing in them has to wait, so on a thread of the runtime they would hold up the
//! votes there for as long as they take.

use std::sync::Arc;

use async_graphql::{Request, Response};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::graphql::error::request_error;
use crate::graphql::schema::Schema;
use crate::telemetry::RequestId;
use crate::telemetry::traces::Context;

/// The cost above which a query is heavy: some milliseconds.
pub(super) const HEAVY_COST: u64 = 2_000;

/// Heavy queries that wait or are executed, at most.
const PLACES: usize = 64;

/// The thread for heavy queries, which have it one after the other. Clones are the same one.
#[derive(Debug, Clone)]
pub(super) struct HeavyLane {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl HeavyLane {
    pub(super) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            turns: Arc::new(Semaphore::new(1)),
        }
    }

    /// Executes a query when its turn has come; where too many wait, its client is to come again.
    pub(super) async fn execute(self, schema: Schema, request: Request) -> Response {
        let Ok(place) = self.places.try_acquire_owned() else {
            return Response::from_errors(vec![request_error(&Error::Overloaded)]);
        };
        // Nothing closes the semaphore.
        let turn = self.turns.acquire_owned().await;
        let id = RequestId::current_or_new();
        let trace = Context::current();
        let runtime = Handle::current();
        let executing = move || {
            // Both last as long as the execution, whoever still waits for it.
            let _held = (place, turn);
            runtime.block_on(id.scope(trace.scope(schema.execute(request))))
        };
        let executed = tokio::task::spawn_blocking(executing).await;
        executed.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The program ends.
            Err(_) => Response::from_errors(vec![request_error(&Error::Unavailable)]),
        })
    }
}
