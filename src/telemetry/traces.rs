//! Traces: where the time of a request went, sent to a collector by OTLP.
//!
//! A span is recorded if its request is: by its trace's id, a configured part of them. The others cost a look at a
//! task's own place, and no allocation. Spans have names and figures that the program gives them, and nothing of a
//! client's.
//!
//! Recorded spans go into a queue that takes no more than it holds, and from there, in batches, to the collector: a
//! collector that is slow or away loses spans and holds up nothing.

mod parent;
mod queue;

use std::borrow::Cow;
use std::time::{Instant, SystemTime};

use axum::http::HeaderMap;
use opentelemetry::trace::{
    Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use tokio::task::futures::TaskLocalFuture;
use uuid::Uuid;

use self::parent::{Parent, own_random_part, random_part};
pub use self::queue::{Sending, are_sent};
use super::request::RequestId;
use crate::clock::Clock;

/// Whether traces can be sent.
pub const ARE_BUILT_IN: bool = true;

/// Links of a span that is work for several callers, at most.
const LINKS_MAX: usize = 32;

tokio::task_local! {
    static CURRENT: Context;
}

/// The place of a span in its trace; of one that is not recorded it has nothing.
#[derive(Debug, Clone, Copy)]
pub struct Context(Option<Place>);

#[derive(Debug, Clone, Copy)]
struct Place {
    trace: TraceId,
    span: SpanId,
}

impl Place {
    /// A new span of a trace. Half of a random UUID is never zero, which would be no id.
    fn new_in(trace: TraceId) -> Self {
        let (_, half) = Uuid::new_v4().as_u64_pair();
        let span = SpanId::from_bytes(half.to_be_bytes());
        Self { trace, span }
    }

    fn span_context(self) -> SpanContext {
        let Self { trace, span } = self;
        SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE)
    }
}

impl Context {
    /// The one in whose scope this is.
    #[must_use]
    pub fn current() -> Self {
        CURRENT.try_get().unwrap_or(Self(None))
    }

    /// Starts a span below it.
    #[must_use]
    pub fn start(self, name: &'static str) -> Span {
        Span(self.0.map(|place| {
            let mut recording = Recording::new(Place::new_in(place.trace), name);
            recording.parent = place.span;
            Box::new(recording)
        }))
    }

    /// Runs `work` below it.
    pub fn scope<F: Future>(self, work: F) -> TaskLocalFuture<Self, F> {
        CURRENT.scope(self, work)
    }
}

/// A span that is under way; nothing, unless it is recorded. Dropped, it ends.
#[derive(Debug)]
pub struct Span(Option<Box<Recording>>);

#[derive(Debug)]
struct Recording {
    place: Place,
    parent: SpanId,
    is_parent_remote: bool,
    kind: SpanKind,
    name: Cow<'static, str>,
    started: Instant,
    attributes: Vec<KeyValue>,
    links: SpanLinks,
    has_failed: bool,
}

impl Recording {
    fn new(place: Place, name: &'static str) -> Self {
        Self {
            place,
            parent: SpanId::INVALID,
            is_parent_remote: false,
            kind: SpanKind::Internal,
            name: name.into(),
            started: Instant::now(),
            attributes: Vec::new(),
            links: SpanLinks::default(),
            has_failed: false,
        }
    }

    /// The span as it is sent, now that it has ended.
    fn finish(self, scope: InstrumentationScope) -> SpanData {
        let end_time = SystemTime::from(Clock::System.now());
        let start_time = end_time
            .checked_sub(self.started.elapsed())
            .unwrap_or(end_time);
        let status = if self.has_failed {
            Status::error("")
        } else {
            Status::Unset
        };
        SpanData {
            span_context: self.place.span_context(),
            parent_span_id: self.parent,
            parent_span_is_remote: self.is_parent_remote,
            span_kind: self.kind,
            name: self.name,
            start_time,
            end_time,
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: self.links,
            status,
            instrumentation_scope: scope,
        }
    }
}

impl Span {
    /// Starts the span of a request. A caller's trace is continued (`traceparent`), unless its caller does not record
    /// it; else the request's id is that of its trace, too.
    #[must_use]
    pub fn request(headers: &HeaderMap, id: RequestId) -> Self {
        let Some(threshold) = queue::threshold() else {
            return Self(None);
        };
        let parent = Parent::read(headers);
        let (trace, random) = match &parent {
            Some(parent) if !parent.is_recorded => return Self(None),
            Some(parent) => (parent.trace, random_part(parent.trace)),
            None => {
                let trace = TraceId::from_bytes(id.bytes());
                (trace, own_random_part(trace))
            }
        };
        if random < threshold {
            return Self(None);
        }
        let mut recording = Recording::new(Place::new_in(trace), "request");
        recording.kind = SpanKind::Server;
        if let Some(parent) = parent {
            recording.parent = parent.span;
            recording.is_parent_remote = true;
        }
        Self(Some(Box::new(recording)))
    }

    /// Starts a span below the current one.
    #[must_use]
    pub fn start(name: &'static str) -> Self {
        Context::current().start(name)
    }

    /// Starts the span of work that is done for several at once: it is in the trace of the first of them that is
    /// recorded, and linked to the others.
    #[must_use]
    pub fn shared(name: &'static str, callers: impl IntoIterator<Item = Context>) -> Self {
        let mut callers = callers.into_iter().filter_map(|Context(place)| place);
        let mut span = Context(callers.next()).start(name);
        if let Some(recording) = &mut span.0 {
            let others = callers.take(LINKS_MAX).map(Place::span_context);
            recording.links.links = others.map(Link::with_context).collect();
        }
        span
    }

    /// Its place in its trace.
    #[must_use]
    pub fn context(&self) -> Context {
        Context(self.0.as_ref().map(|recording| recording.place))
    }

    /// Whether it is recorded.
    #[must_use]
    pub fn is_recorded(&self) -> bool {
        self.0.is_some()
    }

    /// Gives it another name.
    pub fn rename(&mut self, name: impl FnOnce() -> String) {
        if let Some(recording) = &mut self.0 {
            recording.name = name().into();
        }
    }

    /// Notes a word about it.
    pub fn set_word(&mut self, key: &'static str, word: &str) {
        if let Some(recording) = &mut self.0 {
            let attribute = KeyValue::new(key, word.to_owned());
            recording.attributes.push(attribute);
        }
    }

    /// Notes a number about it.
    pub fn set_number(&mut self, key: &'static str, number: i64) {
        if let Some(recording) = &mut self.0 {
            recording.attributes.push(KeyValue::new(key, number));
        }
    }

    /// Notes that it has failed.
    pub fn fail(&mut self) {
        if let Some(recording) = &mut self.0 {
            recording.has_failed = true;
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(recording) = self.0.take() {
            queue::put(|scope| recording.finish(scope));
        }
    }
}
