//! Stories as they come out.

use acclaim::clock::Clock;
use acclaim::workers::scheduler::Scheduler;
use chrono::TimeDelta;
use serde_json::json;

use super::STORIES;
use crate::clients::Socket;
use crate::deadlines::until;
use crate::harness::{Sample, Stores, TestApp, noon, on_both};
use crate::raw_sql::RawSql;

on_both!(
    a_story_is_announced_once_by_each_server,
    a_story_is_announced_however_late_the_scheduler_looks,
    stories_of_one_moment_are_all_announced,
    stories_that_cannot_be_read_keep_none_from_being_announced,
);

/// Opens a socket that watches the campaign's stories, and waits until it does.
async fn watch_stories(app: &TestApp, sample: &Sample) -> Socket {
    let mut socket = app.anonymous().socket().await;
    let watched = app.published_stories.receiver_count();
    let variables = json!({"id": sample.campaign_id()});
    socket.subscribe("s", STORIES, variables).await;
    until("watching", async || {
        (app.published_stories.receiver_count() > watched).then_some(())
    })
    .await;
    socket
}

async fn a_story_is_announced_once_by_each_server(stores: Stores) {
    let clock = Clock::manual(noon());
    let start = || TestApp::builder(&stores).with_clock(clock.clone()).start();
    let servers = [start().await, start().await];
    let sample = servers[0].sample().await;
    let other = servers[1].sample().await;
    let database = &servers[0].database;
    let second = TimeDelta::seconds(1);
    sample
        .insert_story(database, Some(0), "old", noon() - second)
        .await;
    let mut schedulers = servers.each_ref().map(|s| Scheduler::new(s.inner()));
    let mut sockets = Vec::new();
    for app in &servers {
        app.refresh().await;
        sockets.push(watch_stories(app, &sample).await);
    }
    sample
        .insert_story(database, Some(0), "ahead", noon() + second * 600)
        .await;
    other
        .insert_story(database, None, "elsewhere", noon() + second * 599)
        .await;
    let mut tick = async || {
        let mut counts = Vec::new();
        for (scheduler, app) in schedulers.iter_mut().zip(&servers) {
            counts.push(scheduler.tick(app.inner()).await.expect("it reads"));
        }
        counts
    };
    assert_eq!(tick().await, [0, 0]);
    clock.set(noon() + second * 600 - TimeDelta::microseconds(1));
    assert_eq!(tick().await, [1, 1], "only the other campaign's");
    clock.set(noon() + second * 600);
    assert_eq!(tick().await, [1, 1]);
    assert_eq!(tick().await, [0, 0]);
    // Stored only now, with a time that has passed.
    clock.set(noon() + second * 605);
    sample
        .insert_story(database, None, "late", noon() + second * 602)
        .await;
    sample
        .insert_story(database, None, "later still", noon() + second * 601)
        .await;
    assert_eq!(tick().await, [2, 2]);
    for passed in [606, 661, 700, 10_000] {
        clock.set(noon() + second * passed);
        assert_eq!(tick().await, [0, 0], "{passed} s later");
    }
    sample
        .insert_story(database, None, "last", clock.now())
        .await;
    assert_eq!(tick().await, [1, 1]);
    for socket in &mut sockets {
        for title in ["ahead", "later still", "late", "last"] {
            let story = socket.data("s").await;
            assert_eq!(story, json!({"storyPublished": {"title": title}}));
        }
    }
}

async fn a_story_is_announced_however_late_the_scheduler_looks(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let mut scheduler = Scheduler::new(app.inner());
    let at = |seconds| noon() + TimeDelta::seconds(seconds);
    let database = &app.database;
    sample.insert_story(database, None, "first", at(30)).await;
    sample.insert_story(database, None, "second", at(200)).await;
    let mut socket = watch_stories(&app, &sample).await;
    // As when the process stood still, or the database was away, for five minutes.
    app.clock.set(at(300));
    assert_eq!(scheduler.tick(app.inner()).await.expect("it reads"), 2);
    for title in ["first", "second"] {
        let story = socket.data("s").await;
        assert_eq!(story, json!({"storyPublished": {"title": title}}));
    }
    assert_eq!(scheduler.tick(app.inner()).await.expect("it reads"), 0);
}

async fn stories_of_one_moment_are_all_announced(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let mut scheduler = Scheduler::new(app.inner());
    let mut announced = app.published_stories.subscribe();
    let moment = noon() + TimeDelta::seconds(1);
    // More than the scheduler reads in one statement.
    for number in 0..300 {
        let database = &app.database;
        sample
            .insert_story(database, None, &number.to_string(), moment)
            .await;
    }
    app.clock.set(moment);
    assert_eq!(scheduler.tick(app.inner()).await.expect("it reads"), 300);
    let mut titles = std::collections::HashSet::new();
    while let Ok(story) = announced.try_recv() {
        titles.insert(story.title.clone());
    }
    assert_eq!(titles.len(), 300);
    assert_eq!(scheduler.tick(app.inner()).await.expect("it reads"), 0);
}

async fn stories_that_cannot_be_read_keep_none_from_being_announced(stores: Stores) {
    let app = TestApp::start(&stores).await;
    let sample = app.sample().await;
    let mut scheduler = Scheduler::new(app.inner());
    let mut announced = app.published_stories.subscribe();
    for number in 0..300 {
        let at = noon() + TimeDelta::milliseconds(number);
        let title = format!("Story {number}");
        sample.insert_story(&app.database, None, &title, at).await;
    }
    // The first, the last, and those around the end of what the scheduler reads in one statement.
    let damaged = [0, 100, 254, 255, 256, 257, 299];
    let mut raw = RawSql::connect(&stores).await;
    for number in damaged {
        let damage = format!("UPDATE story SET media = '[1]' WHERE title = 'Story {number}'");
        assert_eq!(raw.execute(&damage).await, 1);
    }
    app.clock.set(noon() + TimeDelta::seconds(1));
    let mut announce = async || {
        let count = scheduler.tick(app.inner()).await.expect("it reads");
        let mut titles = std::collections::HashSet::new();
        while let Ok(story) = announced.try_recv() {
            titles.insert(story.title.clone());
        }
        assert_eq!(titles.len(), count, "each is announced once");
        titles
    };
    let titles = announce().await;
    for number in 0..300 {
        let is_announced = titles.contains(&format!("Story {number}"));
        // The first one was out before the scheduler began.
        assert_eq!(
            is_announced,
            number > 0 && !damaged.contains(&number),
            "{number}"
        );
    }
    assert_eq!(announce().await.len(), 0);
    assert_eq!(app.unreadable_stories.count(), 6);
    raw.execute("UPDATE story SET media = '[]'").await;
    assert_eq!(announce().await.len(), 6, "those that were mended in time");
    assert_eq!(app.unreadable_stories.count(), 0);
}
