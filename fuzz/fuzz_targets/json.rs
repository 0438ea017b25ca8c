//! The JSON of clients and of their build tools: the parameters of a request, and manifests of trusted documents.

#![no_main]

use std::collections::BTreeMap;

use acclaim::graphql::document::Params;
use acclaim::graphql::document::manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = serde_json::from_slice::<Params>(data);
    let Ok(documents) = manifest::parse(data) else {
        return;
    };
    // Whatever its form was, the same documents as texts by their ids are a manifest, too.
    let by_id: BTreeMap<_, _> = documents.into_iter().collect();
    let written = serde_json::to_vec(&by_id).expect("texts are JSON");
    let again = manifest::parse(&written).expect("it is a manifest");
    assert!(again.into_iter().eq(by_id));
});
