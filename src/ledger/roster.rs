//! Rosters as a process keeps them in memory, read many at a time. A row that cannot be read is left out of its own
//! campaign and named there; the other campaigns of the same statement are whole.

use std::collections::HashMap;

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};
use uuid::Uuid;

use super::campaign::find_campaign;
use super::readable::{UnreadableRow, read_row};
use super::rows::Ids;
use super::statement::with_ids;
use super::{Database, on_pool};
use crate::domain::amendment::{AMENDMENTS_MAX, Amendment};
use crate::domain::campaign::{Campaign, Category};
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::id::CampaignId;

/// A campaign as far as it can be read.
#[derive(Debug, Default)]
pub struct ReadRoster {
    /// The campaign; none where there is none, or its own row is unreadable.
    pub roster: Option<Roster>,
    /// Rows of it that were left out.
    pub unreadable: Vec<UnreadableRow>,
}

/// The rows of one campaign.
#[derive(Default)]
struct Rows {
    campaign: Option<Campaign>,
    categories: Vec<Category>,
    nominees: Vec<Nominee>,
    amendments: Vec<Amendment>,
    unreadable: Vec<UnreadableRow>,
}

impl Rows {
    fn into_roster(self) -> ReadRoster {
        let roster = self.campaign.map(|campaign| {
            Roster::new(campaign, self.categories, self.nominees).with_amendments(self.amendments)
        });
        ReadRoster {
            roster,
            unreadable: self.unreadable,
        }
    }
}

/// The rows of many campaigns.
type RowsByCampaign = HashMap<CampaignId, Rows>;

/// Takes the rows of `table` apart by the campaign in the column `key`; each that can be read is added by `add`.
fn take_apart<R, T>(
    by_campaign: &mut RowsByCampaign,
    (table, key): (&'static str, &'static str),
    rows: Vec<R>,
    add: impl Fn(&mut Rows, T),
) -> sqlx::Result<()>
where
    R: Row,
    T: for<'r> FromRow<'r, R>,
    Uuid: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    CampaignId: for<'r> Decode<'r, R::Database> + Type<R::Database>,
    &'static str: ColumnIndex<R>,
{
    for row in rows {
        // It can be read: the statement has compared it.
        let of_campaign = by_campaign.entry(row.try_get(key)?).or_default();
        match read_row(table, &row) {
            Ok(value) => add(of_campaign, value),
            Err(unreadable) => of_campaign.unreadable.push(unreadable),
        }
    }
    Ok(())
}

/// Campaigns as they stand now, with their categories, nominees and newest amendments, in the order of `ids`. If one
/// changes between the statements, its revision has moved on and it is read again at the next look.
pub async fn find_rosters(
    database: &Database,
    ids: &[CampaignId],
) -> sqlx::Result<Vec<ReadRoster>> {
    let mut read = RowsByCampaign::new();
    let wanted = Ids(ids.iter().map(|id| id.0).collect());
    let statement = with_ids!("list_campaigns", find_campaign!(""), "");
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(&wanted).fetch_all(p).await.and_then(|found|
            take_apart(&mut read, ("campaign", "id"), found, |rows, campaign| rows.campaign = Some(campaign))))?;
    let statement = with_ids!(
        "list_categories",
        "SELECT id, campaign_id, key, name, shortlist_size FROM category WHERE campaign_id",
        "ORDER BY position, id"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(&wanted).fetch_all(p).await.and_then(|found|
            take_apart(&mut read, ("category", "campaign_id"), found, |rows, category| rows.categories.push(category))))?;
    let statement = with_ids!(
        "list_nominees",
        "SELECT id, campaign_id, category_id, number, name, employer, city, title, summary, portrait_url,
            portrait_media, status, edit_revision
        FROM nominee WHERE campaign_id",
        ""
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(&wanted).fetch_all(p).await.and_then(|found|
            take_apart(&mut read, ("nominee", "campaign_id"), found, |rows, nominee| rows.nominees.push(nominee))))?;
    let statement = with_ids!(
        "list_amendments",
        "SELECT id, campaign_id, at, subject_label, changes, reason FROM (
            SELECT a.*, row_number() OVER (PARTITION BY campaign_id ORDER BY at DESC, id DESC) AS place
            FROM amendment a WHERE campaign_id",
        ") a WHERE place <= $2 ORDER BY campaign_id, place"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query(text)
        .bind(&wanted).bind(AMENDMENTS_MAX).fetch_all(p).await.and_then(|found|
            take_apart(&mut read, ("amendment", "campaign_id"), found, |rows, amendment| rows.amendments.push(amendment))))?;
    let take = |id| read.remove(id).map(Rows::into_roster).unwrap_or_default();
    Ok(ids.iter().map(take).collect())
}

/// One campaign, as [`find_rosters`] reads many.
pub async fn find_roster(database: &Database, id: CampaignId) -> sqlx::Result<ReadRoster> {
    let mut read = find_rosters(database, &[id]).await?;
    Ok(read.pop().unwrap_or_default())
}
