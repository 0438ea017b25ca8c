//! Votes while everything breaks: real servers, databases and networks fail one after the other under load, and what
//! clients were told is compared with what is stored.
//!
//! The short form suffers each fault once. `ACCLAIM_FAULT_SECONDS=1800 tests/run faults::` goes on with random ones for
//! that long; `ACCLAIM_FAULT_SEED` repeats an order of faults.

mod history;
pub mod proxy;
mod world;

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use acclaim::clock::Clock;
use acclaim::graphql::node_id::GlobalId;
use acclaim::id::NomineeId;
use serde_json::json;
use uuid::Uuid;

use self::history::{Fate, History, Wish};
use self::world::{Addresses, Fault, World};
use crate::deadlines::{deadline, until};
use crate::harness::{
    CAST_VOTE, JWT_SECRET, NOMINEES_EACH, Signer, TestClient, ended, new_voter, program,
};

/// Clients that vote at the same time.
const CLIENTS: usize = 12;
/// Votes of a voter in a category; each wishes one more.
const QUOTA: usize = 3;
/// Between two tries, and between two votes: it is the faults that are tested, not the machine.
const PAUSE: Duration = Duration::from_millis(8);
/// Votes after which a world that was mended counts as going again.
const GOING_AGAIN: u64 = 40;

/// The state that all clients of a run share.
struct Crowd {
    addresses: Addresses,
    signer: Arc<Signer>,
    nominees: Vec<(NomineeId, String)>,
    history: Mutex<History>,
    acknowledged: AtomicU64,
    is_over: AtomicBool,
}

impl Crowd {
    fn new(world: &World) -> Self {
        let ids = world.sample.nominees.iter();
        let nominees = ids.map(|id| (*id, GlobalId::Nominee(*id).encode(&world.hash_key).0));
        Self {
            addresses: Arc::clone(&world.addresses),
            signer: Signer::new(&[JWT_SECRET], Clock::System),
            nominees: nominees.collect(),
            history: Mutex::default(),
            acknowledged: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    fn with_history<T>(&self, change: impl FnOnce(&mut History) -> T) -> T {
        change(&mut self.history.lock().expect("no panic"))
    }

    /// One voter after the other until it is over.
    async fn vote(self: Arc<Self>, mut random: Random) {
        let anonymous = TestClient::anonymous(pick(&self.addresses, &mut random));
        while !self.is_over.load(Ordering::Relaxed) {
            let client = anonymous.as_viewer(new_voter(), &self.signer);
            let voter = client.voter_id();
            let each = usize::try_from(NOMINEES_EACH).expect("it is small");
            let (category, first) = (random.below(3), random.below(each));
            for n in 0..=QUOTA {
                let (nominee, id) = &self.nominees[category * each + (first + n) % each];
                let wish = Wish {
                    voter,
                    nominee: *nominee,
                    key: Uuid::new_v4(),
                };
                let fate = self.find_out(&client, wish, id, &mut random).await;
                if let Fate::Counted(first) = &fate
                    && random.below(8) == 0
                {
                    // The same key gets the same answer, whatever has broken since.
                    let again = self.find_out(&client, wish, id, &mut random).await;
                    if !matches!(&again, Fate::Counted(second) if second == first)
                        && again != Fate::Unknown
                    {
                        let wrong = format!("{wish:?} was {first}, and then {again:?}");
                        self.with_history(|history| history.wrong.push(wrong));
                    }
                }
                self.with_history(|history| history.fates.insert(wish, fate));
            }
        }
    }

    /// Asks one server or another until there is an answer to keep.
    async fn find_out(
        &self,
        client: &TestClient,
        wish: Wish,
        nominee: &str,
        random: &mut Random,
    ) -> Fate {
        let deadline = Instant::now() + deadline();
        let input = json!({"nomineeId": nominee, "idempotencyKey": wish.key});
        let variables = json!({"input": input});
        while Instant::now() < deadline {
            tokio::time::sleep(PAUSE).await;
            let client = client.at_address(pick(&self.addresses, random));
            let sent = client.try_send(CAST_VOTE, &variables);
            // A phone gives up, too.
            let answer = tokio::time::timeout(Duration::from_secs(5), sent).await;
            let fate = self.with_history(|history| {
                history.requests += 1;
                if let Ok(Ok(answer)) = answer {
                    history.read(&answer)
                } else {
                    history.unanswered += 1;
                    None
                }
            });
            if let Some(fate) = fate {
                if matches!(fate, Fate::Counted(_)) {
                    self.acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                return fate;
            }
        }
        Fate::Unknown
    }
}

fn pick(
    addresses: &RwLock<Vec<std::net::SocketAddr>>,
    random: &mut Random,
) -> std::net::SocketAddr {
    let addresses = addresses.read().expect("no panic");
    addresses[random.below(addresses.len())]
}

/// `SplitMix64` (Steele, Lea, Flood 2014): the same faults for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let place = (u128::from(bits ^ (bits >> 31)) * end as u128) >> 64;
        usize::try_from(place).expect("below the end")
    }
}

/// A number from the environment, for the long form.
#[allow(
    clippy::disallowed_methods,
    reason = "how long to test is no setting of the program"
)]
fn number_from(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, not {text}")),
    )
}

/// All faults in a random order; then random ones until the time is over.
async fn break_everything(world: &mut World, crowd: &Crowd, seed: u64, seconds: u64) -> String {
    let mut random = Random(seed);
    let mut order = world.faults().to_vec();
    for last in (1..order.len()).rev() {
        order.swap(last, random.below(last + 1));
    }
    let started = Instant::now();
    let mut report = String::new();
    let mut worst: Vec<(Fault, usize, Duration)> = Vec::new();
    loop {
        let fault = match order.pop() {
            Some(fault) => fault,
            None if started.elapsed() < Duration::from_secs(seconds) => {
                world.faults()[random.below(world.faults().len())]
            }
            None => break,
        };
        // Longer ones outlast the time-outs of statements and callers.
        let tenths = if seconds > 0 { 80 } else { 16 };
        let time = Duration::from_millis(400 + 100 * random.below(tenths) as u64);
        world.suffer(fault, random.below(16), time).await;
        let (mended, before) = (Instant::now(), crowd.acknowledged.load(Ordering::Relaxed));
        until(&format!("a vote after {fault:?}"), async || {
            let since = crowd.acknowledged.load(Ordering::Relaxed) - before;
            (since >= GOING_AGAIN).then_some(())
        })
        .await;
        let took = mended.elapsed();
        match worst.iter_mut().find(|(known, ..)| *known == fault) {
            Some((_, times, longest)) => {
                *times += 1;
                *longest = took.max(*longest);
            }
            None => worst.push((fault, 1, took)),
        }
    }
    for (fault, times, longest) in worst {
        let _ = writeln!(
            report,
            "{fault:?}: {times} times, votes again after at most {longest:?}"
        );
    }
    report
}

async fn votes_survive(mut world: World) {
    let seed = number_from("ACCLAIM_FAULT_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let seconds = number_from("ACCLAIM_FAULT_SECONDS").unwrap_or(0);
    let crowd = Arc::new(Crowd::new(&world));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let random = Random(seed ^ (client as u64).wrapping_mul(0x5851_f42d_4c95_7f2d));
            tokio::spawn(Arc::clone(&crowd).vote(random))
        })
        .collect();
    let started = Instant::now();
    let faults = break_everything(&mut world, &crowd, seed, seconds).await;
    crowd.is_over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("no panic");
    }
    world.stop().await;
    let stored = world.stored().await;
    let (differences, wrong, summary) = crowd.with_history(|history| {
        let wrong = history.wrong.clone();
        (history.compare(&stored, QUOTA), wrong, history.summary())
    });
    let report = format!(
        "seed {seed}, {:?}: {summary}, {} stored\n{faults}",
        started.elapsed(),
        stored.len()
    );
    let _ = std::io::stderr().write_all(report.as_bytes());
    assert_eq!(differences, Vec::<String>::new(), "{report}");
    assert_eq!(wrong, Vec::<String>::new(), "{report}");
    let verified = ended(program(&world.direct, &["verify"]), "").await;
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert_eq!(verified.status.code(), Some(0), "{said}");
    let count = format!("{} votes recounted", stored.len());
    assert!(said.starts_with(&count), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_survive_every_fault_embedded() {
    votes_survive(World::embedded().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_survive_every_fault_on_three_servers() {
    votes_survive(World::networked().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_survive_a_failover_of_redis_cluster() {
    votes_survive(World::clustered().await).await;
}
