//! Workers: the tasks that a process does by itself. Each is a loop around a function that tests call directly.
//!
//! [`publisher`] keeps the tallies fresh, [`scheduler`] announces stories as they come out, `refresher` reloads
//! campaigns, stores views and compares Redis with the database, [`cleaner`] removes expired rows, [`importer`] reads
//! sheets, `exporter` writes the files of exports,
//! `withholder` goes through the votes for rules, `examiner` looks for what no crowd of people does in them.

pub mod cleaner;
mod examiner;
mod exporter;
pub mod importer;
pub mod publisher;
mod refresher;
pub mod scheduler;
mod withholder;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;

/// The workers of a process.
#[derive(Debug)]
pub struct Workers {
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl Workers {
    /// Starts all workers.
    #[must_use]
    pub fn start(app: &Arc<App>) -> Self {
        let tasks = TaskTracker::new();
        let stopping = CancellationToken::new();
        tasks.spawn(publisher::run(Arc::clone(app), stopping.clone()));
        tasks.spawn(scheduler::run(Arc::clone(app), stopping.clone()));
        tasks.spawn(refresher::refresh_campaigns(
            Arc::clone(app),
            stopping.clone(),
        ));
        tasks.spawn(refresher::check_hot(Arc::clone(app), stopping.clone()));
        tasks.spawn(refresher::flush_views(Arc::clone(app), stopping.clone()));
        tasks.spawn(exporter::run(Arc::clone(app), stopping.clone()));
        tasks.spawn(cleaner::run(Arc::clone(app), stopping.clone()));
        tasks.spawn(importer::run(Arc::clone(app), stopping.clone()));
        tasks.spawn(withholder::run(Arc::clone(app), stopping.clone()));
        tasks.spawn(examiner::run(Arc::clone(app), stopping.clone()));
        tasks.close();
        Self { tasks, stopping }
    }

    /// Stops all workers when each has ended its turn, with the views stored.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.tasks.wait().await;
    }
}
