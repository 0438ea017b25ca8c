//! Nominees and lists of them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::scalars::Long;
use super::story::StoryConnection;
use super::{Campaign, Category};
use crate::app::nominees::{self, NomineeFilter, NomineePlace};
use crate::domain::nominee as domain;
use crate::domain::period;
use crate::domain::roster::Roster;
use crate::domain::tally::TallyEntry;
use crate::error::Error;
use crate::graphql::connection::{PageArgs, PageInfo};
use crate::graphql::node_id::{self, Cursor, GlobalId};
use crate::graphql::page::NomineePage;
use crate::graphql::{Nullable, app, requester};

/// The longest text that is searched for.
const SEARCH_CHARS_MAX: usize = 100;

/// The order of a list of nominees.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum NomineeOrder {
    /// By number.
    Number,
    /// By votes, most first; only where the viewer may see the tally.
    Votes,
    /// At random, and fair: the same for a viewer all day long.
    Shuffled,
}

/// Whether a nominee is shown and can be voted for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::NomineeStatus")]
pub enum NomineeStatus {
    /// Shown, and can be voted for.
    Active,
    /// Shown, and cannot be voted for.
    Frozen,
    /// Not shown.
    Withdrawn,
}

/// A nominee on the page that it is shown on.
#[derive(Clone)]
pub struct Nominee {
    page: Arc<NomineePage>,
    index: usize,
}

impl Nominee {
    /// The nominee at this index of the page's roster.
    #[must_use]
    pub fn new(page: Arc<NomineePage>, index: usize) -> Self {
        Self { page, index }
    }

    /// A nominee shown standalone.
    #[must_use]
    pub fn standalone(ctx: &Context<'_>, roster: Arc<Roster>, index: usize) -> Self {
        Self {
            page: NomineePage::new(ctx, roster, &[index]),
            index,
        }
    }

    fn nominee(&self) -> &domain::Nominee {
        &self.page.roster.nominees()[self.index]
    }

    async fn tally_entry(&self) -> Result<Option<TallyEntry>> {
        let Some(ranked) = self.page.tally().await? else {
            return Ok(None);
        };
        // The tally may have been ranked with a newer roster than the one that this page shows.
        let index = ranked.roster.index_of(self.nominee().id);
        Ok(index.and_then(|index| ranked.tally.entry(index)).cloned())
    }
}

/// One who stands for selection.
#[Object]
impl Nominee {
    /// Its id.
    pub async fn id(&self) -> ID {
        GlobalId::Nominee(self.nominee().id).encode(&self.page.app.hash_key)
    }

    /// Its number on the list, unique in the campaign.
    async fn number(&self) -> i32 {
        i32::try_from(self.nominee().number).unwrap_or(i32::MAX)
    }

    /// The person's name.
    async fn name(&self) -> &str {
        &self.nominee().name
    }

    /// The company or body the person works for.
    async fn employer(&self) -> &str {
        &self.nominee().employer
    }

    /// Where the person works.
    async fn city(&self) -> Option<&str> {
        self.nominee().city.as_deref()
    }

    /// Post or rank.
    async fn title(&self) -> Option<&str> {
        self.nominee().title.as_deref()
    }

    /// Why this person was nominated, a few sentences.
    async fn summary(&self) -> &str {
        &self.nominee().summary
    }

    /// Address of a picture.
    async fn portrait_url(&self) -> Option<&str> {
        self.nominee().portrait_url.as_deref()
    }

    /// Whether it can be voted for.
    async fn status(&self) -> NomineeStatus {
        self.nominee().status.into()
    }

    /// The category it is ranked in.
    async fn category(&self) -> Result<Category> {
        let index = self.page.roster.category_index(self.nominee().category_id);
        let index = index.ok_or(Error::NotFound("category"))?;
        Ok(Category::new(
            &self.page.app,
            Arc::clone(&self.page.roster),
            index,
        ))
    }

    /// The campaign it stands in.
    async fn campaign(&self) -> Campaign {
        Campaign::new(&self.page.app, Arc::clone(&self.page.roster))
    }

    /// Votes that count; null while the rules hide the tally from the viewer.
    async fn votes(&self) -> Nullable<Long> {
        let entry = self.tally_entry().await.transpose()?;
        Some(entry.map(|entry| Long(entry.votes)))
    }

    /// Place within the category, ties sharing one (1 2 2 4); null while the rules hide the tally from the viewer.
    async fn rank(&self) -> Nullable<i32> {
        let entry = self.tally_entry().await.transpose()?;
        Some(entry.map(|entry| entry.rank))
    }

    /// Whether the viewer has voted for it in the current period; null unless it is a voter.
    async fn viewer_has_voted(&self) -> Nullable<bool> {
        let has_voted = self.page.has_voted(self.nominee().id).await;
        Some(has_voted.transpose()?.map_err(Into::into))
    }

    /// How many voters like it.
    pub async fn like_count(&self) -> Result<Long> {
        let counter = self
            .page
            .subjects
            .counter(&self.page.app, self.nominee().id.into())
            .await?;
        Ok(Long(counter.likes))
    }

    /// How often it was viewed.
    pub async fn view_count(&self) -> Result<Long> {
        let counter = self
            .page
            .subjects
            .counter(&self.page.app, self.nominee().id.into())
            .await?;
        Ok(Long(counter.views))
    }

    /// Whether the viewer likes it; null unless it is a voter.
    pub async fn viewer_has_liked(&self) -> Nullable<bool> {
        let (page, id) = (&self.page, self.nominee().id.into());
        let is_liked = page.subjects.is_liked(&page.app, page.viewer, id).await;
        Some(is_liked.transpose()?.map_err(Into::into))
    }

    /// Stories about it that are out, newest first.
    async fn stories(
        &self,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
    ) -> Result<StoryConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        let key = &self.page.app.hash_key;
        let after = args
            .after
            .as_ref()
            .map(|text| super::story::position(key, text))
            .transpose()?;
        let page = self
            .page
            .stories(self.nominee().id, args.limit, after)
            .await?;
        Ok(StoryConnection::first_of(
            key,
            page.as_ref(),
            args.limit,
            after.is_some(),
        ))
    }
}

/// What a client asks of a list of nominees.
pub struct NomineeQuery {
    /// Which page.
    pub page: PageArgs,
    /// Only those of this category.
    pub category: Option<ID>,
    /// Only those that match this text.
    pub search: Option<String>,
    /// Their order.
    pub order_by: NomineeOrder,
}

/// A nominee in a list.
#[derive(SimpleObject)]
pub struct NomineeEdge {
    /// Its place in the list.
    cursor: String,
    /// The nominee.
    node: Nominee,
}

/// A page of nominees.
#[derive(SimpleObject)]
pub struct NomineeConnection {
    /// The nominees with their cursors.
    edges: Vec<NomineeEdge>,
    /// The nominees.
    nodes: Vec<Nominee>,
    /// Where the page begins and ends.
    page_info: PageInfo,
    /// How many nominees the whole list has.
    total_count: i32,
}

/// An order with what it needs, and how its places become cursors.
enum Order {
    Number,
    Votes(crate::app::tallies::RankedTally),
    Shuffled(u64),
}

impl Order {
    fn cursor(&self, place: NomineePlace) -> Cursor {
        match self {
            Self::Number => Cursor::NomineeByNumber(place.0),
            Self::Votes(_) => Cursor::NomineeByVotes(place.0, place.1),
            Self::Shuffled(seed) => Cursor::NomineeShuffled(place.0, place.1, *seed),
        }
    }

    /// The place of a cursor; a shuffle goes on as the cursor's began.
    fn place(&mut self, cursor: Cursor) -> crate::error::Result<NomineePlace> {
        match (self, cursor) {
            (Self::Number, Cursor::NomineeByNumber(number)) => Ok((number, 0)),
            (Self::Votes(_), Cursor::NomineeByVotes(votes, number)) => Ok((votes, number)),
            (Self::Shuffled(seed), Cursor::NomineeShuffled(place, number, begun)) => {
                *seed = begun;
                Ok((place, number))
            }
            _ => Err(Error::BadUserInput(
                "This cursor belongs to a list in another order.".into(),
            )),
        }
    }
}

/// A page of the nominees of a campaign.
///
/// # Errors
/// Bad arguments; `FORBIDDEN` for the order by votes where the tally is hidden.
pub async fn list_nominees(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    query: NomineeQuery,
) -> Result<NomineeConnection> {
    let (app, key) = (app(ctx), &app(ctx).hash_key);
    let category = query
        .category
        .map(|id| node_id::category(key, &id))
        .transpose()?;
    if category.is_some_and(|id| roster.category_index(id).is_none()) {
        return Err(Error::NotFound("category").into());
    }
    if query
        .search
        .as_ref()
        .is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX)
    {
        return Err(Error::BadUserInput(format!(
            "search must have at most {SEARCH_CHARS_MAX} characters."
        ))
        .into());
    }
    let mut order = order(ctx, roster, query.order_by).await?;
    let mut place = |text: &String| order.place(Cursor::decode(key, text)?);
    let after = query.page.after.as_ref().map(&mut place).transpose()?;
    let before = query.page.before.as_ref().map(&mut place).transpose()?;
    let by = match &order {
        Order::Number => nominees::NomineeOrder::Number,
        Order::Votes(ranked) => nominees::NomineeOrder::Votes(&ranked.tally),
        Order::Shuffled(seed) => nominees::NomineeOrder::Shuffled(*seed),
    };
    // Ranked with the same roster that is listed: the indexes of the tally are that roster's.
    let roster = if let Order::Votes(ranked) = &order {
        &ranked.roster
    } else {
        roster
    };
    let list = nominees::list(
        roster,
        &NomineeFilter {
            category,
            search: query.search,
        },
        by,
    );
    let cut = query.page.cut(list, after.as_ref(), before.as_ref());
    let indexes: Vec<usize> = cut.entries.iter().map(|(_, index)| *index).collect();
    let page = NomineePage::new(ctx, Arc::clone(roster), &indexes);
    let edge = |(place, index): &(NomineePlace, usize)| NomineeEdge {
        cursor: order.cursor(*place).encode(&app.hash_key),
        node: Nominee::new(Arc::clone(&page), *index),
    };
    let edges: Vec<NomineeEdge> = cut.entries.iter().map(edge).collect();
    Ok(NomineeConnection {
        page_info: PageInfo::of(
            cut.has_previous,
            cut.has_next,
            edges.iter().map(|e| &e.cursor),
        ),
        nodes: edges.iter().map(|edge| edge.node.clone()).collect(),
        total_count: i32::try_from(cut.total).unwrap_or(i32::MAX),
        edges,
    })
}

async fn order(ctx: &Context<'_>, roster: &Roster, order_by: NomineeOrder) -> Result<Order> {
    let (app, requester) = (app(ctx), requester(ctx));
    Ok(match order_by {
        NomineeOrder::Number => Order::Number,
        NomineeOrder::Votes => {
            let hidden = Error::Forbidden("The tally is hidden for now: choose another order.");
            Order::Votes(
                app.find_tally(roster, requester.viewer)
                    .await?
                    .ok_or(hidden)?,
            )
        }
        NomineeOrder::Shuffled => {
            let campaign = roster.campaign();
            let day = period::number(
                crate::domain::campaign::QuotaPeriod::Day,
                campaign.time_zone.0,
                app.clock.now(),
            );
            let viewer = match requester.viewer.voter() {
                Some(voter) => voter.0.as_bytes().to_vec(),
                None => requester.client.address.to_string().into_bytes(),
            };
            Order::Shuffled(nominees::shuffle_seed(roster, &viewer, day))
        }
    })
}
