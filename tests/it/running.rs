//! The real program: its start and stop, its answers and metrics, and its commands.

mod access;
mod answers;
mod commands;
mod messages;
mod metrics;
mod start;
mod stop;
#[cfg(feature = "otlp")]
mod traces;
mod verification;

use std::sync::Arc;

use acclaim::clock::Clock;
use serde_json::{Value, json};

use crate::deadlines::until;
use crate::harness::{
    JWT_SECRET, Program, Sample, Signer, Stores, TestClient, ended, new_voter, program, refusal,
};

/// The program on a sample campaign, with what it takes to make tokens for it.
struct Running {
    program: Program,
    sample: Sample,
    signer: Arc<Signer>,
}

impl Running {
    async fn start(stores: &Stores) -> Self {
        let sample = Self::make_sample(stores).await;
        let program = Program::start(stores, &["serve"]).await;
        Self::with(program, sample)
    }

    async fn make_sample(stores: &Stores) -> Sample {
        let database = stores.database(&Clock::System).await;
        let sample = Sample::insert(&database, Clock::System.now(), |_| ()).await;
        database.close().await;
        sample
    }

    fn with(program: Program, sample: Sample) -> Self {
        Self {
            program,
            sample,
            signer: Signer::new(&[JWT_SECRET], Clock::System),
        }
    }

    /// A new voter.
    fn voter(&self) -> TestClient {
        let anonymous = self.program.anonymous();
        anonymous.as_viewer(new_voter(), &self.signer)
    }

    /// Waits until the public tally is of this version; what is published is shared before the program stops.
    async fn tally_reaches(&self, version: i64) {
        let slug = &self.sample.campaign.slug;
        let url = self.program.url(&format!("/campaigns/{slug}/tally.json"));
        let http = self.program.anonymous().http();
        until("the tally", async || {
            let response = http.get(&url).send().await.expect("an answer");
            let tally: Value = response.json().await.expect("JSON");
            (tally["version"] == json!(version)).then_some(())
        })
        .await;
    }

    /// Some votes, refused ones too, and likes.
    async fn use_it(&self) {
        for _ in 0..3 {
            let voter = self.voter();
            for index in [0, 12] {
                let payload = voter.vote(&self.sample.nominee_id(index)).await;
                payload.expect_counted();
            }
            let nominee = self.sample.nominee_id(0);
            let repeated = voter.vote(&nominee).without_key().await;
            repeated.expect_refused("ALREADY_VOTED");
            let liked = voter.set_like(&nominee, true).await;
            assert_eq!(refusal(&liked), None, "{liked}");
        }
    }
}

/// Checks that `verify` finds nothing, after so many votes.
async fn assert_verifies(stores: &Stores, votes: i64) {
    let output = ended(program(stores, &["verify"]), "").await;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let redis = if stores.redis_url.is_some() {
        "SQL and Redis"
    } else {
        "SQL"
    };
    let expected = format!(
        "{votes} votes recounted: tallies, turnout, quotas, likes and the audit log agree ({redis}).\n"
    );
    assert_eq!(said, expected);
}
