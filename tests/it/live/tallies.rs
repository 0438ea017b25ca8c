//! Tallies as they are watched and polled.

use acclaim::domain::campaign::{Lifecycle, TallyVisibility};
use serde_json::{Value, json};

use super::{TALLY, start_with_workers, tally_of, vote};
use crate::deadlines::until;
use crate::harness::{Sample, Stores, TestApp, on_both};

on_both!(
    a_tally_comes_at_once_and_then_newer_ones,
    a_tally_that_is_hidden_is_not_watched,
    whoever_watches_from_the_announcement_on_is_told,
    the_public_tally_is_cached_by_its_version,
);

async fn a_tally_comes_at_once_and_then_newer_ones(stores: Stores) {
    let (app, sample) = start_with_workers(&stores).await;
    let mut socket = app.anonymous().socket().await;
    let variables = json!({"id": sample.campaign_id()});
    socket.subscribe("t", TALLY, variables.clone()).await;
    let empty = json!({"tallyChanged": {"version": 0, "countedVotes": 0, "voters": 0}});
    assert_eq!(socket.data("t").await, empty);
    let mut version = 0;
    for votes in 1..=4 {
        vote(&app, &sample, 0).await;
        version = tally_of(&mut socket, "t", version, votes).await;
    }
    socket.subscribe("later", TALLY, variables).await;
    let at_once = socket.data("later").await;
    assert_eq!(
        at_once["tallyChanged"],
        json!({"version": version, "countedVotes": 4, "voters": 4})
    );
}

async fn a_tally_that_is_hidden_is_not_watched(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let hidden = app
        .sample_with(|c| c.tally_visibility = TallyVisibility::AfterClose)
        .await;
    let shown = app.sample().await;
    let mut public = app.voter().socket().await;
    let mut organiser = app.staff().await.socket().await;
    let variables = |sample: &Sample| json!({"id": sample.campaign_id()});
    public.subscribe("h", TALLY, variables(&hidden)).await;
    assert_eq!(public.failure("h").await, "FORBIDDEN");
    organiser.subscribe("h", TALLY, variables(&hidden)).await;
    organiser.data("h").await;
    for socket in [&mut public, &mut organiser] {
        socket.subscribe("s", TALLY, variables(&shown)).await;
        socket.data("s").await;
    }
    stores
        .execute("UPDATE campaign SET tally_visibility = 'STAFF_ONLY'")
        .await;
    app.refresh().await;
    app.publish_tallies().await;
    assert_eq!(public.next().await, json!({"type": "complete", "id": "s"}));
    vote(&app, &shown, 0).await;
    app.publish_tallies().await;
    // The organiser's goes on.
    until("the vote", async || {
        let message = organiser.next().await;
        let tally = &message["payload"]["data"]["tallyChanged"];
        (message["id"] == "s" && tally["countedVotes"] == 1).then_some(())
    })
    .await;
}

/// The tally in memory is still ranked by the roster of the draft.
async fn whoever_watches_from_the_announcement_on_is_told(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample_with(|c| c.lifecycle = Lifecycle::Draft).await;
    let ranked = app.inner().tally(sample.campaign.id).await;
    ranked.expect("the database answers");
    stores
        .execute("UPDATE campaign SET lifecycle = 'RUNNING'")
        .await;
    app.refresh().await;
    let mut socket = app.voter().socket().await;
    let variables = json!({"id": sample.campaign_id()});
    socket.subscribe("t", TALLY, variables).await;
    assert_eq!(socket.data("t").await["tallyChanged"]["countedVotes"], 0);
    vote(&app, &sample, 0).await;
    app.publish_tallies().await;
    assert_eq!(socket.data("t").await["tallyChanged"]["countedVotes"], 1);
}

async fn the_public_tally_is_cached_by_its_version(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let url = app.url(&format!("/campaigns/{}/tally.json", sample.campaign.slug));
    let get = async |known: Option<&str>| {
        let mut request = app.http().get(&url);
        if let Some(etag) = known {
            request = request.header("if-none-match", etag);
        }
        let response = request.send().await.expect("an answer");
        let etag = response.headers()["etag"]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(
            response.headers()["cache-control"],
            "public, max-age=1, s-maxage=1"
        );
        let status = response.status().as_u16();
        (status, etag, response.bytes().await.expect("a body"))
    };
    let (status, before, body) = get(None).await;
    assert_eq!(status, 200);
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["campaign"], json!(sample.campaign.slug));
    assert_eq!(body["categories"].as_array().map(Vec::len), Some(3));
    for known in [
        &before,
        &format!("W/{before}"),
        &format!("\"x\", {before}"),
        "*",
    ] {
        let (status, etag, body) = get(Some(known)).await;
        assert_eq!((status, &etag, body.len()), (304, &before, 0), "{known}");
    }
    vote(&app, &sample, 2).await;
    app.publish_tallies().await;
    let (status, after, body) = get(Some(&before)).await;
    assert_eq!(status, 200);
    assert_ne!(after, before);
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(
        (
            &body["countedVotes"],
            &body["rawVotes"],
            &body["withheldVotes"],
            &body["guestVotes"],
            &body["voters"]
        ),
        (&json!(1), &json!(1), &json!(0), &json!(0), &json!(1))
    );
    assert_eq!(body["asOf"], json!("2022-10-25T04:00:00.000Z"));
    let category = &body["categories"][0];
    assert_eq!(category["key"], json!("entrepreneur"));
    assert_eq!(category["shortlistSize"], json!(10));
    assert_eq!(category["entries"].as_array().map(Vec::len), Some(12));
    assert_eq!(
        category["entries"][0],
        json!({"number": 3, "name": "候选人03", "votes": 1, "guestVotes": 0, "rank": 1, "share": 1.0})
    );
    assert_eq!(category["entries"][1]["rank"], json!(2));
    let hidden = app
        .sample_with(|c| c.tally_visibility = TallyVisibility::StaffOnly)
        .await;
    for slug in [hidden.campaign.slug.as_str(), "no-such-campaign"] {
        let url = app.url(&format!("/campaigns/{slug}/tally.json"));
        let response = app.http().get(url).send().await.expect("an answer");
        assert_eq!(response.status(), 404, "{slug}");
    }
}
