//! The queue of ended spans, and the task that sends them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};
use prometheus_client::metrics::counter::Counter;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::parent;

/// Spans that wait to be sent: some megabytes, and a second of what a collector can miss.
const WAITING_MAX: usize = 8_192;
/// Spans of a batch.
const BATCH_MAX: usize = 512;
/// How long a span waits for others.
const SEND_EVERY: Duration = Duration::from_secs(1);
/// How long a collector may take for a batch, with the times that it is tried again.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a stopping process goes on sending.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// The queue of the process, once traces are sent.
static QUEUE: OnceLock<Queue> = OnceLock::new();

struct Queue {
    spans: mpsc::Sender<SpanData>,
    threshold: u64,
    scope: InstrumentationScope,
    lost: Counter,
    /// Those of the lost ones for which there was no room, until the log has said so.
    without_room: AtomicU64,
}

/// Whether traces are sent.
#[must_use]
pub fn are_sent() -> bool {
    QUEUE.get().is_some()
}

/// The least random part of the id of a trace that is recorded; none where none are.
pub(super) fn threshold() -> Option<u64> {
    QUEUE.get().map(|queue| queue.threshold)
}

/// Puts an ended span into the queue, or counts it as lost where there is no room.
pub(super) fn put(span: impl FnOnce(InstrumentationScope) -> SpanData) {
    let Some(queue) = QUEUE.get() else { return };
    if let Ok(place) = queue.spans.try_reserve() {
        place.send(span(queue.scope.clone()));
    } else {
        queue.lost.inc();
        queue.without_room.fetch_add(1, Ordering::Relaxed);
    }
}

/// The task that sends traces.
#[derive(Debug)]
pub struct Sending {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Sending {
    /// Starts to record `ratio` of all traces, and to send them to `url`; spans that cannot be sent are counted in
    /// `lost`. Traces are the process's, so this is done once.
    ///
    /// # Errors
    /// When `url` cannot be sent to, or it has been done before.
    pub fn start(url: &str, ratio: f64, lost: Counter) -> Result<Self, String> {
        let exporter = exporter(url)?;
        let (spans, waiting) = mpsc::channel(WAITING_MAX);
        let queue = Queue {
            spans,
            threshold: parent::threshold(ratio),
            scope: InstrumentationScope::builder("acclaim").build(),
            lost: lost.clone(),
            without_room: AtomicU64::new(0),
        };
        if QUEUE.set(queue).is_err() {
            return Err("traces are sent already".into());
        }
        let (stop, stopping) = oneshot::channel();
        let sender = Sender {
            waiting,
            exporter,
            lost,
            is_failing: false,
            has_said_full: false,
        };
        tracing::info!(ratio, "traces are sent");
        Ok(Self {
            stop,
            task: tokio::spawn(sender.run(stopping)),
        })
    }

    /// Sends what is waiting, as far as there is time for it.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(FLUSH_TIMEOUT, self.task)
            .await
            .is_err()
        {
            tracing::warn!("the last traces were not sent in time");
        }
    }
}

/// The way to the collector: of OTLP over HTTP, in protobuf. Only this address is called: no proxy out of the
/// environment, and no redirect.
fn exporter(url: &str) -> Result<SpanExporter, String> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(SEND_TIMEOUT)
        .build()
        .map_err(|error| error.to_string())?;
    let mut exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(http)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(url)
        .with_timeout(SEND_TIMEOUT)
        .build()
        .map_err(|error| error.to_string())?;
    let process = Uuid::new_v4().to_string();
    let resource = Resource::builder_empty().with_attributes([
        KeyValue::new("service.name", "acclaim"),
        KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        KeyValue::new("service.instance.id", process),
    ]);
    exporter.set_resource(&resource.build());
    Ok(exporter)
}

struct Sender {
    waiting: mpsc::Receiver<SpanData>,
    exporter: SpanExporter,
    lost: Counter,
    is_failing: bool,
    has_said_full: bool,
}

impl Sender {
    /// Sends a batch when it is full, or when its first spans have waited long enough; at the end, all that is left.
    async fn run(mut self, mut stopping: oneshot::Receiver<()>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            let is_last = tokio::select! {
                () = fill(&mut self.waiting, &mut batch) => false,
                () = tokio::time::sleep(SEND_EVERY) => false,
                _ = &mut stopping => true,
            };
            self.send(std::mem::take(&mut batch)).await;
            if is_last {
                break;
            }
        }
        while let Ok(span) = self.waiting.try_recv() {
            batch.push(span);
            if batch.len() == BATCH_MAX {
                self.send(std::mem::take(&mut batch)).await;
            }
        }
        self.send(batch).await;
    }

    /// Sends a batch. That it cannot be sent, and that it can again, is a line in the log each.
    async fn send(&mut self, batch: Vec<SpanData>) {
        if !batch.is_empty() {
            let spans = batch.len() as u64;
            match self.exporter.export(batch).await {
                Ok(()) if self.is_failing => {
                    tracing::info!("traces are sent again");
                    self.is_failing = false;
                }
                Ok(()) => {}
                Err(error) => {
                    self.lost.inc_by(spans);
                    if !self.is_failing {
                        tracing::warn!(%error, "traces cannot be sent: they are lost");
                        self.is_failing = true;
                    }
                }
            }
        }
        self.say_if_full();
    }

    /// Says once that there are more spans than can be sent; the metric says how many.
    fn say_if_full(&mut self) {
        let without_room = QUEUE
            .get()
            .map_or(0, |queue| queue.without_room.swap(0, Ordering::Relaxed));
        if without_room > 0 && !self.has_said_full {
            tracing::warn!(
                spans = without_room,
                "more is traced than can be sent: spans are lost"
            );
            self.has_said_full = true;
        }
    }
}

/// Takes waiting spans until the batch is full.
async fn fill(waiting: &mut mpsc::Receiver<SpanData>, batch: &mut Vec<SpanData>) {
    while batch.len() < BATCH_MAX {
        let room = BATCH_MAX - batch.len();
        // The other end is the process's, and stays.
        waiting.recv_many(batch, room).await;
    }
}
