//! Nominees and lists of them.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use super::media::PictureSize;
use super::scalars::Long;
use super::story::{StoryConnection, feed_window};
use super::{Campaign, Category, to_i32};
use crate::app::nominees::{self, NomineeFilter, NomineeSortKey};
use crate::app::tallies::RankedTally;
use crate::auth::keyed_hash::HashKey;
use crate::domain::access::Action;
use crate::domain::nominee as domain;
use crate::domain::roster::Roster;
use crate::domain::tally::Standing;
use crate::error::{self, Error};
use crate::graphql::connection::{Connection, PageArgs, PageInfo, PageSlice, decode_cursor};
use crate::graphql::node_id::{self, Cursor, GlobalId};
use crate::graphql::page::NomineePage;
use crate::graphql::{Nullable, app, mark_private, requester};
use crate::id::CategoryId;

/// Characters of a text that is searched for at most.
const SEARCH_CHARS_MAX: usize = 100;
/// Characters of a seed at most: a UUID's 36, with room.
const SEED_CHARS_MAX: usize = 64;

/// The order of a list of nominees.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(in crate::graphql) enum NomineeOrder {
    /// By number.
    Number,
    /// By votes, most first; only where the viewer may see the tally.
    Votes,
    /// At random, and fair: the same for a `seed`, or else for a viewer, all day long.
    Shuffled,
}

/// Whether a nominee is shown and can be voted for.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::NomineeStatus")]
pub(super) enum NomineeStatus {
    /// Shown, and can be voted for.
    Active,
    /// Shown, and cannot be voted for.
    Frozen,
    /// Not shown.
    Withdrawn,
}

/// A nominee on the page that it is shown on.
#[derive(Clone)]
pub(in crate::graphql) struct Nominee {
    page: Arc<NomineePage>,
    index: usize,
}

impl Nominee {
    /// The nominee at this index of the page's roster.
    pub(in crate::graphql) fn new(page: Arc<NomineePage>, index: usize) -> Self {
        Self { page, index }
    }

    /// A nominee on a page of its own.
    pub(in crate::graphql) fn on_own_page(
        ctx: &Context<'_>,
        roster: &Arc<Roster>,
        index: usize,
    ) -> Self {
        let page = NomineePage::new(ctx, roster, std::iter::once(index));
        Self { page, index }
    }

    fn nominee(&self) -> &domain::Nominee {
        &self.page.roster.nominees()[self.index]
    }

    async fn standing(&self) -> Nullable<Standing> {
        let standing = self.page.standing(self.nominee().id).await;
        standing.map_err(Into::into).transpose()
    }
}

/// The side of a nominee that its organisation sees.
#[derive(SimpleObject)]
pub(super) struct NomineeDesk {
    /// Moves with every edit: send it with the next one.
    edit_revision: Long,
}

/// A person who stands for selection.
#[Object]
impl Nominee {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Nominee(self.nominee().id).encode(&self.page.app.hash_key)
    }

    /// Its number on the list, unique in the campaign.
    async fn number(&self) -> i32 {
        to_i32(self.nominee().number)
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

    /// The reasons for the nomination, a few sentences.
    async fn summary(&self) -> &str {
        &self.nominee().summary
    }

    /// Address of a picture; one that is stored here has a path of this server where the server's public address is
    /// not set.
    async fn portrait_url(
        &self,
        #[graphql(
            desc = "The size of a picture that is stored here.",
            default_with = "PictureSize::Large"
        )]
        size: PictureSize,
    ) -> Option<String> {
        size.address(&self.page.app, self.nominee().portrait())
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
        let standing = self.standing().await?;
        Some(standing.map(|standing| Long(standing.votes)))
    }

    /// Place within the category, ties sharing one (1 2 2 4); null while the rules hide the tally from the viewer.
    async fn rank(&self) -> Nullable<i32> {
        let standing = self.standing().await?;
        Some(standing.map(|standing| standing.rank))
    }

    /// A ticket for a vote: it says when the nominee was shown to you, and is good like its campaign's.
    async fn ticket(&self, ctx: &Context<'_>) -> String {
        let campaign_id = self.page.roster.campaign().id;
        self.page
            .app
            .issue_ticket(requester(ctx).viewer, campaign_id)
    }

    /// Whether the viewer has voted for it in the current period; null unless it is a voter.
    async fn viewer_has_voted(&self) -> Nullable<bool> {
        self.page.has_voted(self.nominee().id).await
    }

    /// The number of voters who like it.
    pub(super) async fn like_count(&self) -> Result<Long> {
        let likes = self.page.counters.likes(self.nominee().id).await?;
        Ok(Long(likes))
    }

    /// The number of its views.
    pub(super) async fn view_count(&self) -> Result<Long> {
        let views = self.page.counters.views(self.nominee().id).await?;
        Ok(Long(views))
    }

    /// Whether the viewer likes it; null unless it is a voter.
    pub(super) async fn viewer_has_liked(&self) -> Nullable<bool> {
        self.page.counters.is_liked(self.nominee().id).await
    }

    /// The side of it that its organisation sees; null for everybody else.
    async fn desk(&self, ctx: &Context<'_>) -> Option<NomineeDesk> {
        let id = self.page.roster.campaign().organisation_id;
        let is_shown = app(ctx).may(requester(ctx).viewer, id, Action::ReadDrafts);
        is_shown.then(|| NomineeDesk {
            edit_revision: Long(self.nominee().edit_revision),
        })
    }

    /// Stories about it that are out, newest first.
    async fn stories(
        &self,
        #[graphql(desc = "The first so many, 20 by default, at most 100.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor: older ones.")] after: Option<String>,
    ) -> Result<StoryConnection> {
        let args = PageArgs::new(first, after, None, None)?;
        let key = &self.page.app.hash_key;
        let window = feed_window(key, &args)?;
        let page = self.page.stories(self.nominee().id, window).await?;
        Ok(StoryConnection::new(key, &page))
    }
}

/// The arguments of a list of nominees.
pub(in crate::graphql) struct NomineeQuery {
    /// The page.
    pub(in crate::graphql) page: PageArgs,
    /// Only nominees of this category.
    pub(in crate::graphql) category: Option<ID>,
    /// Only nominees that match this text.
    pub(in crate::graphql) search: Option<String>,
    /// Their order.
    pub(in crate::graphql) order_by: NomineeOrder,
    /// The seed of a shuffled order.
    pub(in crate::graphql) seed: Option<String>,
}

/// A nominee in a list.
#[derive(SimpleObject)]
pub(super) struct NomineeEdge {
    /// Its position in the list.
    cursor: String,
    /// The nominee.
    node: Nominee,
}

/// A page of nominees.
#[derive(SimpleObject)]
pub(in crate::graphql) struct NomineeConnection {
    /// The nominees with their cursors.
    edges: Vec<NomineeEdge>,
    /// The nominees.
    nodes: Vec<Nominee>,
    /// The bounds of the page.
    page_info: PageInfo,
    /// The number of nominees in the whole list.
    total_count: i32,
}

/// An order with the data that it takes; it makes sort keys into cursors and back.
enum Order {
    Number,
    Votes(RankedTally),
    Shuffled(u64),
}

impl Order {
    async fn new(
        ctx: &Context<'_>,
        roster: &Roster,
        order_by: NomineeOrder,
        seed: Option<&str>,
    ) -> Result<Self> {
        Ok(match order_by {
            NomineeOrder::Number => Self::Number,
            NomineeOrder::Votes => {
                let tally = app(ctx).find_tally(roster, requester(ctx).viewer).await?;
                let hidden = "The tally is hidden for now: choose another order.";
                Self::Votes(tally.ok_or(Error::Forbidden(hidden))?)
            }
            NomineeOrder::Shuffled => Self::Shuffled(shuffle_seed(ctx, roster, seed)?),
        })
    }

    fn cursor(&self, key: NomineeSortKey) -> Cursor {
        match self {
            Self::Number => Cursor::NomineeByNumber(key.0),
            Self::Votes(_) => Cursor::NomineeByVotes(key.0, key.1),
            Self::Shuffled(seed) => Cursor::NomineeShuffled(key.0, key.1, *seed),
        }
    }

    /// Reads the sort key of a cursor; a shuffle goes on as the cursor's began.
    fn decode(&mut self, key: &HashKey, text: &str) -> error::Result<NomineeSortKey> {
        match (self, Cursor::decode(key, text)?) {
            (Self::Number, Cursor::NomineeByNumber(number)) => Ok((number, 0)),
            (Self::Votes(_), Cursor::NomineeByVotes(votes, number)) => Ok((votes, number)),
            (Self::Shuffled(seed), Cursor::NomineeShuffled(shuffled, number, begun)) => {
                *seed = begun;
                Ok((shuffled, number))
            }
            _ => Err(Error::BadUserInput(
                "This cursor belongs to a list in another order.".into(),
            )),
        }
    }
}

/// The seed of the requester's shuffle today: by the seed that it keeps, or else by who asks.
fn shuffle_seed(ctx: &Context<'_>, roster: &Roster, kept: Option<&str>) -> error::Result<u64> {
    if kept.is_some_and(|seed| seed.chars().count() > SEED_CHARS_MAX) {
        return Err(Error::BadUserInput(format!(
            "seed must have at most {SEED_CHARS_MAX} characters."
        )));
    }
    let requester = requester(ctx);
    let now = app(ctx).clock.now();
    let owner = match (kept, requester.viewer.voter()) {
        (Some(seed), _) => return Ok(nominees::kept_seed(roster, seed, now)),
        (None, Some(voter_id)) => voter_id.0.as_bytes().to_vec(),
        (None, None) => {
            mark_private(ctx);
            requester.client.address.to_string().into_bytes()
        }
    };
    Ok(nominees::shuffle_seed(roster, &owner, now))
}

/// Checks the filter of a list of the nominees of `roster`.
fn filter(
    key: &HashKey,
    roster: &Roster,
    category: Option<ID>,
    search: Option<String>,
) -> error::Result<NomineeFilter> {
    let category: Option<CategoryId> = category.map(|id| node_id::decode(key, &id)).transpose()?;
    if category.is_some_and(|id| roster.category_index(id).is_none()) {
        return Err(Error::NotFound("category"));
    }
    let is_too_long = |text: &String| text.chars().count() > SEARCH_CHARS_MAX;
    if search.as_ref().is_some_and(is_too_long) {
        return Err(Error::BadUserInput(format!(
            "search must have at most {SEARCH_CHARS_MAX} characters."
        )));
    }
    Ok(NomineeFilter { category, search })
}

/// A page of the nominees of a campaign.
pub(in crate::graphql) async fn list_nominees(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    query: NomineeQuery,
) -> Result<NomineeConnection> {
    let key = &app(ctx).hash_key;
    let args = query.page;
    let filter = filter(key, roster, query.category, query.search)?;
    let mut order = Order::new(ctx, roster, query.order_by, query.seed.as_deref()).await?;
    let mut decode = |text: &String| order.decode(key, text);
    let after = args.after.as_ref().map(&mut decode).transpose()?;
    let before = args.before.as_ref().map(&mut decode).transpose()?;
    let (roster, list_order) = match &order {
        Order::Number => (roster, nominees::NomineeOrder::Number),
        // The indexes of a tally are those of the roster that it was ranked with.
        Order::Votes(ranked) => (&ranked.roster, nominees::NomineeOrder::Votes(&ranked.tally)),
        Order::Shuffled(seed) => (roster, nominees::NomineeOrder::Shuffled(*seed)),
    };
    let list = nominees::list(roster, &filter, list_order).await;
    let total_count = to_i32(list.len());
    let sort_key = |index: &usize| nominees::sort_key(roster, list_order, *index);
    let slice = args.cut(&list, sort_key, after.as_ref(), before.as_ref());
    let cursor = |index| order.cursor(sort_key(&index)).encode(key);
    Ok(NomineeConnection::new(
        ctx,
        roster,
        slice,
        total_count,
        cursor,
    ))
}

/// A page of all nominees of a campaign by their numbers, withdrawn ones too: for its organisation.
pub(super) fn list_all_nominees(
    ctx: &Context<'_>,
    roster: &Arc<Roster>,
    args: &PageArgs,
    status: Option<NomineeStatus>,
) -> Result<NomineeConnection> {
    let key = &app(ctx).hash_key;
    let after = decode_cursor(key, args.after.as_ref(), |cursor| match cursor {
        Cursor::NomineeByNumber(number) => Some(number),
        _ => None,
    })?;
    let nominees = roster.nominees();
    let is_listed =
        |index: &usize| status.is_none_or(|status| nominees[*index].status == status.into());
    let list: Vec<usize> = (0..nominees.len()).filter(is_listed).collect();
    let total_count = to_i32(list.len());
    let number = |index: &usize| nominees[*index].number;
    let slice = args.cut(&list, number, after.as_ref(), None);
    let cursor = |index| Cursor::NomineeByNumber(number(&index)).encode(key);
    Ok(NomineeConnection::new(
        ctx,
        roster,
        slice,
        total_count,
        cursor,
    ))
}

impl NomineeConnection {
    /// The page with these indexes of the roster; `cursor` makes the cursor of each.
    fn new(
        ctx: &Context<'_>,
        roster: &Arc<Roster>,
        slice: PageSlice<usize>,
        total_count: i32,
        cursor: impl Fn(usize) -> String,
    ) -> Self {
        let page = NomineePage::new(ctx, roster, slice.entries.iter().copied());
        let to_node = |index| (cursor(index), Nominee::new(Arc::clone(&page), index));
        let Connection {
            edges,
            nodes,
            page_info,
        } = Connection::new(slice, to_node, |cursor, node| NomineeEdge { cursor, node });
        Self {
            edges,
            nodes,
            page_info,
            total_count,
        }
    }
}
