//! The rows of each kind of table, in batches from one snapshot. Each batch begins behind the last row of the one
//! before, by a key of its table, so that millions of rows take no more memory than a thousand.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use uuid::Uuid;

use crate::auth::keyed_hash::{HashKey, Purpose};
use crate::domain::change::Change;
use crate::domain::export::ExportKind;
use crate::domain::nominee::Nominee;
use crate::domain::roster::Roster;
use crate::domain::story::FeedPosition;
use crate::domain::tally::{CampaignTotals, NomineeTotals, Tally};
use crate::domain::turnout::{ClientKind, minute_start};
use crate::error::Result;
use crate::id::{AuditEventId, CampaignId, NomineeId, StoryId, VoterId};
use crate::ledger::audit::{self, AuditEvent, AuditPosition};
use crate::ledger::story_edit::{self, ExportedStory};
use crate::ledger::turnout::{self, TurnoutRow};
use crate::ledger::vote::{self, ExportedVote, VotePosition};
use crate::ledger::{Database, Transaction, campaign, tally};

/// Rows of a batch.
const BATCH: i64 = 1_000;
/// Stories of a batch, which are long.
const STORY_BATCH: i64 = 50;

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Text(String),
    Number(i64),
}

/// A row.
pub(super) type Row = Vec<Field>;

fn text(text: impl Into<String>) -> Field {
    Field::Text(text.into())
}

/// The header of votes of guests, behind all others.
const GUESTS: &str = "其中访客 / Of guests";

/// The header of a table, in Chinese and English as those of templates.
fn titles(kind: ExportKind) -> Row {
    let titles: &[&str] = match kind {
        ExportKind::Tally => &[
            "类别 / Category",
            "名次 / Rank",
            "编号 / Number",
            "姓名 / Name",
            "单位 / Employer",
            "城市 / City",
            "职务 / Title",
            "得票 / Votes",
            "暂扣票 / Withheld votes",
            "状态 / Status",
        ],
        ExportKind::Turnout => &[
            "时间 / Time",
            "客户端 / Client",
            "类别 / Category",
            "编号 / Number",
            "姓名 / Name",
            "单位 / Employer",
            "城市 / City",
            "投票 / Votes",
        ],
        ExportKind::Ballots => &[
            "投票人代号 / Voter",
            "时间 / Time",
            "客户端 / Client",
            "类别 / Category",
            "编号 / Number",
            "姓名 / Name",
            "计票 / Counted",
        ],
        ExportKind::Stories => &[
            "标题 / Title",
            "摘要 / Summary",
            "正文 / Body",
            "候选人编号 / Nominee number",
            "发布时间 / Publish at",
            "状态 / State",
            "作者 / Author",
            "审核人 / Approver",
            "候选人 / Nominee",
            "点赞 / Likes",
            "浏览 / Views",
        ],
        ExportKind::AuditLog => &[
            "时间 / Time",
            "操作者 / Actor",
            "角色 / Role",
            "操作 / Action",
            "对象 / Subject",
            "修订 / Revision",
            "变更 / Changes",
            "理由 / Reason",
        ],
    };
    titles.iter().map(|title| text(*title)).collect()
}

/// The place in a table behind what was read.
enum Place {
    Tally,
    Turnout(TurnoutRow),
    Ballots(VotePosition),
    Stories(FeedPosition),
    AuditLog(AuditPosition),
    End,
}

/// A table that is being read.
pub(super) struct Table<'a> {
    tx: Transaction,
    key: &'a HashKey,
    kind: ExportKind,
    roster: Roster,
    /// Whether there is a column for votes of guests: where they may vote, or have voted.
    shows_guests: bool,
    place: Place,
}

impl<'a> Table<'a> {
    /// Begins to read a table; none where there is no such campaign.
    pub(super) async fn open(
        database: &Database,
        key: &'a HashKey,
        campaign_id: CampaignId,
        kind: ExportKind,
    ) -> Result<Option<Self>> {
        let mut tx = database.begin_snapshot("export").await?;
        let Some(roster) = campaign::find_roster_in(&mut tx, campaign_id).await? else {
            return Ok(None);
        };
        let has_votes = matches!(kind, ExportKind::Tally | ExportKind::Turnout);
        let shows_guests = has_votes
            && (roster.campaign().guests_may_vote
                || turnout::has_guests(&mut tx, campaign_id).await?);
        let place = match kind {
            ExportKind::Tally => Place::Tally,
            ExportKind::Turnout => Place::Turnout(TurnoutRow::FIRST),
            ExportKind::Ballots => Place::Ballots(VotePosition::FIRST),
            ExportKind::Stories => Place::Stories(FeedPosition {
                published_at: DateTime::UNIX_EPOCH,
                id: StoryId(Uuid::nil()),
            }),
            ExportKind::AuditLog => Place::AuditLog(AuditPosition {
                at: DateTime::UNIX_EPOCH,
                id: AuditEventId(Uuid::nil()),
            }),
        };
        Ok(Some(Self {
            tx,
            key,
            kind,
            roster,
            shows_guests,
            place,
        }))
    }

    /// The header.
    pub(super) fn header(&self) -> Row {
        let mut header = titles(self.kind);
        header.extend(self.shows_guests.then(|| text(GUESTS)));
        header
    }

    /// The next rows; none at the end.
    pub(super) async fn next_rows(&mut self) -> Result<Vec<Row>> {
        let id = self.roster.campaign().id;
        let tx = &mut self.tx;
        Ok(match self.place {
            Place::End => Vec::new(),
            Place::Tally => {
                let totals = CampaignTotals {
                    campaign_id: id,
                    as_of: DateTime::UNIX_EPOCH,
                    nominees: tally::list_totals_in(tx, id).await?,
                };
                self.place = Place::End;
                self.tally_rows(&totals)
            }
            Place::Turnout(after) => {
                let rows = turnout::list_page(tx, id, after, BATCH).await?;
                self.place = rows.last().map_or(Place::End, |row| Place::Turnout(*row));
                rows.iter().map(|row| self.turnout_row(row)).collect()
            }
            Place::Ballots(after) => {
                let votes = vote::list_page(tx, id, after, BATCH).await?;
                let last = votes.last().map(ExportedVote::position);
                self.place = last.map_or(Place::End, Place::Ballots);
                votes.iter().map(|vote| self.ballot_row(vote)).collect()
            }
            Place::Stories(after) => {
                let stories = story_edit::list_page(tx, id, after, STORY_BATCH).await?;
                let last = stories.last().map(ExportedStory::position);
                self.place = last.map_or(Place::End, Place::Stories);
                stories.iter().map(|story| self.story_row(story)).collect()
            }
            Place::AuditLog(after) => {
                let events = audit::list_page(tx, id, after, BATCH).await?;
                let position = |event: &AuditEvent| AuditPosition {
                    at: event.at,
                    id: event.id,
                };
                let last = events.last().map(position);
                self.place = last.map_or(Place::End, Place::AuditLog);
                events.iter().map(|event| self.event_row(event)).collect()
            }
        })
    }

    /// A moment by the clocks of the campaign, with their distance from UTC.
    fn time(&self, at: DateTime<Utc>, format: &str) -> Field {
        let local = at.with_timezone(&self.roster.campaign().time_zone.0);
        text(local.format(format).to_string())
    }

    fn moment(&self, at: DateTime<Utc>) -> Field {
        self.time(at, "%Y-%m-%d %H:%M:%S%.3f %:z")
    }

    fn category(&self, nominee: &Nominee) -> Field {
        let index = self.roster.category_index(nominee.category_id);
        text(index.map_or("", |index| &self.roster.categories()[index].name))
    }

    /// Category, number and name of a nominee; empty where it is on the list no more.
    fn nominee(&self, id: NomineeId) -> (Option<&Nominee>, [Field; 3]) {
        let index = self.roster.index_of(id);
        let found = index.map(|index| &self.roster.nominees()[index]);
        let fields = match found {
            Some(nominee) => [
                self.category(nominee),
                Field::Number(nominee.number),
                text(&nominee.name),
            ],
            None => [text(""), text(""), text("")],
        };
        (found, fields)
    }

    /// Nominees that are shown by category and rank, then those that were withdrawn.
    fn tally_rows(&self, totals: &CampaignTotals) -> Vec<Row> {
        let tally = Tally::rank(totals, &self.roster);
        let totals = totals.nominees.iter();
        let totals: HashMap<NomineeId, &NomineeTotals> =
            totals.map(|total| (total.nominee_id, total)).collect();
        let row = |nominee: &Nominee, rank: Field, votes: i64| {
            let total = totals.get(&nominee.id);
            let mut row = vec![
                self.category(nominee),
                rank,
                Field::Number(nominee.number),
                text(&nominee.name),
                text(&nominee.employer),
                text(nominee.city.as_deref().unwrap_or_default()),
                text(nominee.title.as_deref().unwrap_or_default()),
                Field::Number(votes),
                Field::Number(total.map_or(0, |total| total.withheld)),
                text(nominee.status.name()),
            ];
            self.add_guests(&mut row, total.map_or(0, |total| total.guest_votes));
            row
        };
        let nominees = self.roster.nominees();
        let shown = tally.entries.iter().map(|entry| {
            let rank = Field::Number(entry.rank.into());
            row(&nominees[entry.nominee], rank, entry.votes)
        });
        let withdrawn = nominees.iter().filter(|nominee| !nominee.is_shown());
        let withdrawn = withdrawn.map(|nominee| {
            let votes = totals.get(&nominee.id).map_or(0, |total| total.counted);
            row(nominee, text(""), votes)
        });
        shown.chain(withdrawn).collect()
    }

    fn add_guests(&self, row: &mut Row, votes: i64) {
        row.extend(self.shows_guests.then_some(Field::Number(votes)));
    }

    fn turnout_row(&self, row: &TurnoutRow) -> Row {
        let (nominee, [category, number, name]) = self.nominee(row.nominee_id);
        let employer = nominee.map_or("", |nominee| &nominee.employer);
        let city = nominee.and_then(|nominee| nominee.city.as_deref());
        let mut fields = vec![
            self.time(minute_start(row.minute), "%Y-%m-%d %H:%M %:z"),
            text(ClientKind::from_code(row.client).name()),
            category,
            number,
            name,
            text(employer),
            text(city.unwrap_or_default()),
            Field::Number(row.votes),
        ];
        self.add_guests(&mut fields, row.guests);
        fields
    }

    fn ballot_row(&self, vote: &ExportedVote) -> Row {
        let (_, [category, number, name]) = self.nominee(vote.nominee_id);
        let client = ClientKind::from_code(vote.client.unwrap_or_default());
        let is_counted = vote.withheld_by == 0;
        vec![
            text(pseudonym(
                self.key,
                self.roster.campaign().id,
                vote.voter_id,
            )),
            self.moment(vote.cast_at),
            text(client.name()),
            category,
            number,
            name,
            Field::Number(is_counted.into()),
        ]
    }

    fn story_row(&self, story: &ExportedStory) -> Row {
        let about = story.nominee_id.map(|id| self.nominee(id).1);
        let [_, number, name] = about.unwrap_or_else(|| [text(""), text(""), text("")]);
        vec![
            text(&story.title),
            text(&story.summary),
            text(&story.body),
            number,
            // As an import takes it.
            if story.is_scheduled {
                self.time(story.published_at, "%Y-%m-%d %H:%M:%S")
            } else {
                text("")
            },
            text(story.state.name()),
            text(story.author.as_deref().unwrap_or_default()),
            text(story.approver.as_deref().unwrap_or_default()),
            name,
            Field::Number(story.likes),
            Field::Number(story.views),
        ]
    }

    fn event_row(&self, event: &AuditEvent) -> Row {
        vec![
            self.moment(event.at),
            text(&event.actor_name),
            text(event.actor_role.map_or("", |role| role.name())),
            text(&event.action),
            text(&event.subject_label),
            event.subject_revision.map_or(text(""), Field::Number),
            text(lines(&event.changes)),
            text(event.reason.as_deref().unwrap_or_default()),
        ]
    }
}

/// The changes of an event, one a line.
fn lines(changes: &[Change]) -> String {
    let mut lines = String::new();
    for change in changes {
        let separator = if lines.is_empty() { "" } else { "\n" };
        let field = &change.field;
        let after = change.after.as_deref().unwrap_or_default();
        // Writing to a text does not fail.
        let _ = match &change.before {
            None => write!(lines, "{separator}{field}: {after}"),
            Some(before) => write!(lines, "{separator}{field}: {before} -> {after}"),
        };
    }
    lines
}

/// The name that stands for a voter in the exports of one campaign: the same in all of them, and another one in any
/// other campaign. It begins with a letter, so that no program takes it for a number.
fn pseudonym(key: &HashKey, campaign_id: CampaignId, voter_id: VoterId) -> String {
    let parts = [&campaign_id.0.as_bytes()[..], &voter_id.0.as_bytes()[..]];
    let hash = key.hash(Purpose::Pseudonym, &parts);
    format!("V{}", BASE32_NOPAD.encode(&hash[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_a_voters_own_in_each_campaign() {
        let key = HashKey::new(&[7; 32]);
        let ids = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let of = |campaign: usize, voter: usize| {
            pseudonym(&key, CampaignId(ids[campaign]), VoterId(ids[voter]))
        };
        assert_eq!(of(0, 0), of(0, 0));
        assert_eq!(of(0, 0).len(), 27);
        assert!(of(0, 0) != of(0, 1) && of(0, 0) != of(1, 0) && of(0, 1) != of(1, 0));
        let other = HashKey::new(&[8; 32]);
        assert_ne!(
            pseudonym(&other, CampaignId(ids[0]), VoterId(ids[0])),
            of(0, 0)
        );
    }
}
