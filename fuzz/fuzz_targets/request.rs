//! A whole request behind the edge: its document is found, guarded, validated, priced and charged; then queries are
//! executed on the sample campaign, in `acclaim-fuzz.db` in the system's folder for temporary files.
//!
//! The input is a document and, each after a NUL: its variables in JSON, the name of an operation, extensions in JSON
//! and the id of a document. Whatever is sent, it is never an internal error.

#![no_main]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use acclaim::app::{App, Client, Parts};
use acclaim::auth::Viewer;
use acclaim::auth::keyed_hash::HashKey;
use acclaim::auth::token::TokenKeys;
use acclaim::clock::Clock;
use acclaim::demo;
use acclaim::domain::identity::IdentityKind;
use acclaim::graphql::RequestContext;
use acclaim::graphql::document::{Documents, Params, Policy};
use acclaim::graphql::error::code;
use acclaim::graphql::messages::Language;
use acclaim::hot::{Hot, Limits, Memory, Rate};
use acclaim::id::VoterId;
use acclaim::ledger::writer::WriterTask;
use acclaim::ledger::{Database, Purpose};
use async_graphql::parser::types::OperationType;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use tokio::runtime::Runtime;
use uuid::Uuid;

const GENEROUS: Rate = Rate {
    per_second: 1e6,
    burst: 1_000_000,
};

struct Process {
    runtime: Runtime,
    documents: Documents,
    /// Requests so far: each comes from a voter of its own, whose bucket is full.
    requests: AtomicU64,
    _writer: WriterTask,
}

static PROCESS: LazyLock<Process> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let (documents, writer) = runtime.block_on(start());
    Process {
        runtime,
        documents,
        requests: AtomicU64::new(0),
        _writer: writer,
    }
});

async fn start() -> (Documents, WriterTask) {
    let clock = Clock::manual("2022-10-25T04:00:00Z".parse().expect("a time"));
    let path = std::env::temp_dir().join("acclaim-fuzz.db");
    let url = format!("sqlite:{}", path.display());
    let database = Database::open(&url, 4, Purpose::Serving).await;
    let database = database.expect("the database opens");
    database.migrate().await.expect("its tables are made");
    demo::load(&database, &clock).await.expect("it is loaded");
    let limits = Limits {
        cast: GENEROUS,
        like: GENEROUS,
        views: GENEROUS,
        sign_in: GENEROUS,
        staff_sign_in: GENEROUS,
        query: GENEROUS,
        anonymous_query: GENEROUS,
    };
    let secret = "a secret of this process alone, of 32 bytes";
    let parts = Parts {
        clock,
        database: Arc::new(database),
        hot: Hot::Memory(Memory::new(limits)),
        tokens: TokenKeys::from_secrets(&[secret]).expect("a good secret"),
        hash_key: HashKey::new(&[7; 32]),
        wechat: None,
    };
    let (app, writer) = App::build(parts).await.expect("the app starts");
    let documents = Documents::new(Arc::new(app), Policy::Open).await;
    (documents.expect("there is no manifest"), writer)
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    acclaim_fuzz::mutate(data, size, max_size, seed)
});

fuzz_target!(init: LazyLock::force(&PROCESS), |input: &str| {
    let mut parts = input.split('\0').map(|part| Some(part).filter(|part| !part.is_empty()));
    let mut next = || parts.next().flatten();
    let params = Params {
        query: next().map(str::to_owned),
        variables: next().and_then(|json| serde_json::from_str(json).ok()),
        operation_name: next().map(str::to_owned),
        extensions: next().and_then(|json| serde_json::from_str(json).ok()),
        document_id: next().map(str::to_owned),
    };
    PROCESS.runtime.block_on(answer(params));
});

async fn answer(params: Params) {
    let request = PROCESS.requests.fetch_add(1, Ordering::Relaxed);
    let requester = RequestContext {
        viewer: Viewer::Voter {
            id: VoterId(Uuid::from_u128(request.into())),
            kinds: IdentityKind::WechatMiniProgram.into(),
            is_suspicious: false,
        },
        client: Client {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: None,
        },
        language: Language::default(),
    };
    let errors = match PROCESS.documents.find(params, &requester).await {
        Ok(executable) if executable.kind == OperationType::Query => {
            let (response, _) = PROCESS.documents.execute(executable).await;
            serde_json::to_string(&response).expect("a response is JSON");
            response.errors
        }
        Ok(_) => return,
        Err(errors) => {
            assert!(!errors.is_empty(), "a refusal says why");
            errors
        }
    };
    for error in errors {
        let given = error.extensions.as_ref();
        let given = given.and_then(|extensions| extensions.get("code"));
        assert!(given.is_some(), "{error:?} has no code");
        assert_ne!(given, Some(&code::INTERNAL.into()), "{error:?}");
    }
}
