//! A campaign as the public API shows it: its nominees and stories before the load, its standing before and after.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderValue;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Failure;
use crate::api::Server;
use crate::api::request::Sender;
use crate::schedule::Field;

const CAMPAIGN: &str = "query($slug: String!) { serverTime campaign(slug: $slug) { id title phase \
    rules { period scope votesPerPeriod } } }";
const NOMINEES: &str = "query($campaign: ID!, $after: String) { list: nominees(campaignId: $campaign, first: 100, \
    after: $after) { pageInfo { hasNextPage endCursor } nodes { id status category { id } likeCount viewCount } } }";
const STORIES: &str = "query($campaign: ID!, $after: String) { list: stories(campaignId: $campaign, first: 100, \
    after: $after) { pageInfo { hasNextPage endCursor } nodes { id likeCount viewCount } } }";
const TALLY: &str = "query($campaign: ID!) { campaign(id: $campaign) { tally { rawVotes countedVotes withheldVotes \
    voters entries { nominee { id } votes } } } }";
const QUOTA: &str = "query($campaign: ID!) { serverTime campaign(id: $campaign) { viewerQuotas { used resetsAt } } }";

/// A campaign that can be voted in.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Nominees that can be voted for, then stories that are out: all that can be liked and viewed.
    pub subjects: Vec<String>,
    /// The categories, in the order of their numbers in `field`; none where the quota is the campaign's.
    pub categories: Vec<String>,
    /// The part that the plan has to know.
    pub field: Field,
    /// The server's clock when it was asked.
    pub asked_at: DateTime<Utc>,
}

/// The standing of a campaign.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Votes, those that are held back too.
    pub raw_votes: u64,
    /// Votes that are held back.
    pub withheld_votes: u64,
    /// Distinct voters.
    pub voters: u64,
    /// Votes that count, by nominee.
    pub votes: Vec<u64>,
    /// Likes, by subject.
    pub likes: Vec<u64>,
    /// Views, by subject.
    pub views: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CampaignData {
    server_time: DateTime<Utc>,
    campaign: Option<CampaignNode>,
}

#[derive(Deserialize)]
struct CampaignNode {
    id: String,
    title: String,
    phase: String,
    rules: Rules,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rules {
    scope: String,
    votes_per_period: u16,
}

#[derive(Deserialize)]
struct List<T> {
    list: Page<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    page_info: PageInfo,
    nodes: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    id: String,
    status: Option<String>,
    category: Option<Id>,
    like_count: u64,
    view_count: u64,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct TallyData {
    campaign: Option<TallyNode>,
}

#[derive(Deserialize)]
struct TallyNode {
    tally: Option<Tally>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tally {
    raw_votes: u64,
    withheld_votes: u64,
    voters: u64,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    nominee: Id,
    votes: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QuotaData {
    server_time: DateTime<Utc>,
    campaign: Option<QuotaNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QuotaNode {
    viewer_quotas: Option<Vec<Quota>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Quota {
    used: u32,
    resets_at: Option<DateTime<Utc>>,
}

/// The stories that readers may look at, newest first: nobody reads on to the thousandth.
const STORIES_MAX: usize = 1_000;
/// As many may come out while a replay runs, before the oldest that was looked at is missing from the list.
const NEW_STORIES_MAX: usize = 200;

/// The first entries of a list, at most `max` of them, page by page.
async fn list<T: DeserializeOwned>(
    server: &Server,
    query: &str,
    campaign: &str,
    max: usize,
) -> Result<Vec<T>, Failure> {
    let mut all = Vec::new();
    let mut after = Value::Null;
    loop {
        let variables = json!({"campaign": campaign, "after": after});
        let data: List<T> = server.ask(query, variables, Sender::ANONYMOUS).await?;
        all.extend(data.list.nodes);
        if !data.list.page_info.has_next_page || all.len() >= max {
            all.truncate(max);
            return Ok(all);
        }
        after = json!(data.list.page_info.end_cursor);
    }
}

impl Campaign {
    /// Asks for a campaign, which must be open for votes.
    ///
    /// # Errors
    /// When it is not, or the server does not answer.
    pub async fn find(server: &Server, slug: &str) -> Result<Self, Failure> {
        let data: CampaignData = server
            .ask(CAMPAIGN, json!({"slug": slug}), Sender::ANONYMOUS)
            .await?;
        let node = data
            .campaign
            .ok_or_else(|| format!("there is no campaign {slug}"))?;
        if node.phase != "VOTING" {
            return Err(
                format!("the campaign {slug} is not open for votes: {}", node.phase).into(),
            );
        }
        let nominees: Vec<Subject> = list(server, NOMINEES, &node.id, usize::MAX).await?;
        let can_stand = |nominee: &Subject| nominee.status.as_deref() == Some("ACTIVE");
        let nominees: Vec<Subject> = nominees.into_iter().filter(can_stand).collect();
        let stories: Vec<Subject> = list(server, STORIES, &node.id, STORIES_MAX).await?;
        if nominees.is_empty() {
            return Err(format!("the campaign {slug} has nobody to vote for").into());
        }
        let is_by_category = node.rules.scope == "CATEGORY";
        let mut categories: Vec<String> = Vec::new();
        let mut scope = |nominee: &Subject| {
            let category = nominee.category.as_ref().filter(|_| is_by_category);
            let category = category.map(|c| c.id.clone()).unwrap_or_default();
            let known = categories.iter().position(|id| *id == category);
            let number = known.unwrap_or_else(|| {
                categories.push(category);
                categories.len() - 1
            });
            u16::try_from(number).unwrap_or(u16::MAX)
        };
        let scopes = nominees.iter().map(&mut scope).collect();
        let field = Field {
            scopes,
            stories: u16::try_from(stories.len())?,
            quota: node.rules.votes_per_period,
        };
        let subjects = nominees
            .into_iter()
            .chain(stories)
            .map(|subject| subject.id);
        Ok(Self {
            id: node.id,
            title: node.title,
            subjects: subjects.collect(),
            categories,
            field,
            asked_at: data.server_time,
        })
    }

    /// How many of the subjects are nominees.
    #[must_use]
    pub fn nominees(&self) -> usize {
        self.field.scopes.len()
    }

    /// Asks for its standing.
    ///
    /// # Errors
    /// When the server does not answer, or hides the tally.
    pub async fn standing(&self, server: &Server) -> Result<Standing, Failure> {
        let variables = json!({"campaign": self.id});
        let data: TallyData = server.ask(TALLY, variables, Sender::ANONYMOUS).await?;
        let tally = data.campaign.and_then(|campaign| campaign.tally);
        let tally = tally.ok_or("the campaign hides its tally: nothing can be recounted")?;
        let nominees: Vec<Subject> = list(server, NOMINEES, &self.id, usize::MAX).await?;
        let stories: Vec<Subject> =
            list(server, STORIES, &self.id, STORIES_MAX + NEW_STORIES_MAX).await?;
        let counters: HashMap<String, (u64, u64)> = nominees
            .into_iter()
            .chain(stories)
            .map(|subject| (subject.id, (subject.like_count, subject.view_count)))
            .collect();
        let votes: HashMap<String, u64> = tally
            .entries
            .into_iter()
            .map(|entry| (entry.nominee.id, entry.votes))
            .collect();
        let counter = |id: &String| counters.get(id).copied().unwrap_or_default();
        let vote = |id: &String| votes.get(id).copied().unwrap_or_default();
        Ok(Standing {
            raw_votes: tally.raw_votes,
            withheld_votes: tally.withheld_votes,
            voters: tally.voters,
            votes: self.subjects[..self.nominees()].iter().map(vote).collect(),
            likes: self.subjects.iter().map(|id| counter(id).0).collect(),
            views: self.subjects.iter().map(|id| counter(id).1).collect(),
        })
    }

    /// Asks whether a voter has votes left in all scopes, and how long it is until quotas are granted anew.
    ///
    /// # Errors
    /// When the server does not answer, or does not know the voter.
    pub async fn is_fresh(
        &self,
        server: &Server,
        authorization: &HeaderValue,
    ) -> Result<(bool, Option<Duration>), Failure> {
        let sender = Sender {
            authorization: Some(authorization),
            address: None,
        };
        let data: QuotaData = server
            .ask(QUOTA, json!({"campaign": self.id}), sender)
            .await?;
        let quotas = data.campaign.and_then(|campaign| campaign.viewer_quotas);
        let quotas = quotas.ok_or("the server takes the token for nobody's")?;
        let resets_at = quotas.first().and_then(|quota| quota.resets_at);
        let left = resets_at.map(|at| (at - data.server_time).to_std().unwrap_or_default());
        Ok((quotas.iter().all(|quota| quota.used == 0), left))
    }
}
