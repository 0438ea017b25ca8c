//! The paths for load balancers and monitoring: whether the process lives and is ready, and its metrics.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::Server;
use crate::app::App;

/// Campaigns and stories with unreadable rows that `/readyz` names: enough to begin with; the log has more.
const NAMED_MAX: usize = 10;

/// The time that an answer of the database holds for `/readyz`: those who ask more often cost it nothing.
const READINESS_KEPT: Duration = Duration::from_secs(1);

/// The database's last answer to `/readyz`, with its time. One asks at a time, and answers for all who wait.
#[derive(Debug, Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    async fn find(&self, app: &App) -> bool {
        let mut kept = self.0.lock().await;
        match *kept {
            Some((asked_at, is_ready)) if asked_at.elapsed() < READINESS_KEPT => is_ready,
            _ => {
                let is_ready = app.database.is_ready().await;
                *kept = Some((Instant::now(), is_ready));
                is_ready
            }
        }
    }
}

/// Answers `/healthz`: the process lives.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Answers `/readyz`: the process can serve where it is not stopping and the database answers; without Redis it is only
/// slower.
pub(super) async fn readyz(State(server): State<Server>) -> Response {
    if server.stopping.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "stopping\n").into_response()
    } else if server.readiness.find(&server.app).await {
        ready(&server.app).into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        )
            .into_response()
    }
}

/// The text of a process that is ready. Where rows had to be left out, since they cannot be read, it has their
/// campaigns and stories, by id alone: the public reads it, too, and the log has the rest.
fn ready(app: &App) -> String {
    let mut text = "ready\n".to_owned();
    let catalog = app.campaigns.catalog();
    let campaigns = catalog
        .damaged()
        .map(|(id, rows)| format!("{rows} of campaign {}", id.0));
    let stories = app.unreadable_stories.ids();
    let stories = stories.iter().map(|id| format!("story {id}"));
    for named in campaigns.take(NAMED_MAX).chain(stories.take(NAMED_MAX)) {
        _ = writeln!(text, "left out, unreadable: {named}");
    }
    text
}

/// Answers `/metrics`.
async fn metrics(State(app): State<Arc<App>>) -> Response {
    let metrics = &app.metrics;
    let (open, idle) = app.database.pool_use();
    metrics.pool_open.set(i64::from(open));
    metrics
        .pool_idle
        .set(i64::try_from(idle).unwrap_or(i64::MAX));
    metrics
        .writer_waiting
        .set(i64::try_from(app.writer.waiting()).unwrap_or(i64::MAX));
    metrics.hot_healthy.set(i64::from(app.hot.is_healthy()));
    let unreadable = app.campaigns.catalog().damaged_count();
    metrics
        .campaigns_unreadable
        .set(i64::try_from(unreadable).unwrap_or(i64::MAX));
    let unreadable = app.unreadable_stories.count();
    metrics
        .stories_unreadable
        .set(i64::try_from(unreadable).unwrap_or(i64::MAX));
    metrics
        .rules_age_seconds
        .set(app.campaigns.age().as_secs_f64());
    metrics.tally_version.set(app.tallies.version_sum());
    metrics
        .tally_age_seconds
        .set(app.tallies.age().as_secs_f64());
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, content_type)], metrics.encode()).into_response()
}

/// Serves `/metrics` on its own listener, which the public does not reach.
///
/// # Errors
/// When the listener fails.
pub async fn serve_metrics(
    app: Arc<App>,
    listener: TcpListener,
    stopping: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(metrics))
        .with_state(app);
    axum::serve(listener, router)
        .with_graceful_shutdown(async move { stopping.cancelled().await })
        .await
}
