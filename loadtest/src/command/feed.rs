//! `feed`: pages of the feed, by the hash of their query.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use http::HeaderValue;
use http::Uri;
use serde::Deserialize;
use serde_json::{Value, json};

use super::TargetArgs;
use super::bench::{Codes, Cpu, Line, PaceArgs, due, plan, show};
use crate::api::Server;
use crate::api::answer::{Answer, PageData, Reply};
use crate::api::connection::Lost;
use crate::api::document::{Document, FEED, OWN_FEED};
use crate::api::request::{Ready, Sender, query_uri};
use crate::campaign::Campaign;
use crate::measure::{Kind, float};
use crate::player::{Due, Load, Verdict, play};
use crate::schedule::voter_id;
use crate::{Failure, print};

/// Arguments of `feed`.
#[derive(Debug, Args)]
pub struct FeedArgs {
    /// Whom the load is for.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How fast, how long, how often.
    #[command(flatten)]
    pace: PaceArgs,
    /// Pages that are read in turn, each found by the cursor of the one before it; 1 is the first page alone
    #[arg(long, default_value_t = 1)]
    pages: usize,
    /// Stories of a page
    #[arg(long, default_value_t = 20)]
    first: u32,
    /// Read as voters who have signed in: their pages are their own, and no finished response is cached for them
    #[arg(long)]
    signed_in: bool,
    /// How many voters those are
    #[arg(long, default_value_t = 20_000)]
    voters: u32,
}

#[derive(Deserialize)]
struct FeedData {
    stories: Stories,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stories {
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// Runs `feed`.
pub async fn run(args: &FeedArgs) -> Result<ExitCode, Failure> {
    let server = args.target.server()?;
    let campaign = Campaign::find(&server, &args.target.campaign).await?;
    let document = Document::new(if args.signed_in { OWN_FEED } else { FEED });
    let pages = pages(args, &server, &campaign, &document).await?;
    let authorizations = if args.signed_in {
        let seed = campaign.asked_at.timestamp_micros().unsigned_abs();
        let ids = (0..args.voters.max(1))
            .map(|voter| voter_id(seed, voter))
            .collect();
        let needed = args.pace.duration * args.pace.runs;
        let tokens = &args.target.tokens;
        tokens
            .authorizations(&server, ids, campaign.asked_at, needed)
            .await?
    } else {
        Vec::new()
    };
    let load = Arc::new(Feed {
        pace: args.pace.clone(),
        server: server.clone(),
        document,
        pages,
        authorizations,
        bytes: AtomicU64::new(0),
        answers: AtomicU64::new(0),
    });
    let mut lines = Vec::new();
    for run in 0..=args.pace.runs {
        // The first one warms up.
        let duration = if run == 0 {
            args.pace.warm_up
        } else {
            args.pace.duration
        };
        let plan = plan(&args.target, &server, "Reading", duration);
        let cpu = Cpu::start(&args.target);
        let run_load = FeedRun::new(&load);
        let run_load = Arc::new(run_load);
        let played = play(Arc::clone(&run_load), plan).await;
        if run > 0 {
            lines.push(Line::new(Kind::Page, &played, &run_load.codes, cpu));
        }
    }
    show("Feed", &args.pace, &args.target, &lines);
    let answers = load.answers.load(Ordering::Relaxed).max(1);
    let mean = float(load.bytes.load(Ordering::Relaxed)) / float(answers);
    if !args.pace.json {
        print(&format!(
            "\n{} page(s) in turn, {mean:.0} bytes each.\n",
            load.pages.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The addresses of the first pages, found one by one.
async fn pages(
    args: &FeedArgs,
    server: &Server,
    campaign: &Campaign,
    document: &Document,
) -> Result<Vec<Uri>, Failure> {
    let mut pages = Vec::new();
    let mut after = Value::Null;
    while pages.len() < args.pages.max(1) {
        let variables = json!({"campaign": campaign.id, "first": args.first, "after": after});
        pages.push(query_uri(document, &variables));
        let data: FeedData = server
            .ask(document.text(), variables, Sender::ANONYMOUS)
            .await?;
        let info = data.stories.page_info;
        if !info.has_next_page {
            break;
        }
        after = json!(info.end_cursor);
    }
    Ok(pages)
}

struct Feed {
    pace: PaceArgs,
    server: Server,
    document: Document,
    pages: Vec<Uri>,
    authorizations: Vec<HeaderValue>,
    bytes: AtomicU64,
    answers: AtomicU64,
}

/// One run, with codes of its own.
struct FeedRun {
    feed: Arc<Feed>,
    codes: Codes,
}

impl FeedRun {
    fn new(feed: &Arc<Feed>) -> Self {
        Self {
            feed: Arc::clone(feed),
            codes: Codes::default(),
        }
    }
}

impl Load for FeedRun {
    fn due(&self, index: usize) -> Due {
        due(self.feed.pace.rate, index)
    }

    fn kind(&self, _: usize) -> Kind {
        Kind::Page
    }

    fn request(&self, index: usize) -> Ready {
        let feed = &self.feed;
        let voters = feed.authorizations.len().max(1);
        let sender = Sender {
            authorization: feed.authorizations.get(index % voters),
            address: None,
        };
        feed.server
            .requests
            .get(&feed.pages[index % feed.pages.len()], sender)
    }

    fn judge(&self, _: usize, answer: Result<&Answer, Lost>) -> Verdict {
        let Ok(answer) = answer else {
            return Verdict::again();
        };
        let reply: Reply<PageData> = Reply::read(answer);
        let is_there = reply.data.as_ref().is_some_and(PageData::is_there);
        if is_there && reply.code.is_none() {
            self.feed
                .bytes
                .fetch_add(answer.body.len() as u64, Ordering::Relaxed);
            self.feed.answers.fetch_add(1, Ordering::Relaxed);
            return Verdict::Done { is_good: true };
        }
        self.codes.count(reply.code.as_deref().unwrap_or("no page"));
        Verdict::of_failure(&reply)
    }

    fn documents(&self) -> Vec<&Document> {
        vec![&self.feed.document]
    }
}
