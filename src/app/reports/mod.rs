//! Reports of campaigns: taken from one moment of the database ([`take`]), stored by the desk (`desk::reports`), and
//! fetched by a link ([`App::report_link`]) as HTML or as a workbook.

mod link;

use aws_lc_rs::digest;

pub use self::link::{ReportLinkRefusal, ReportLinkTarget};
use super::App;
use crate::auth::Viewer;
use crate::domain::access::Action;
use crate::domain::amendment::Amendment;
use crate::domain::campaign::Phase;
use crate::domain::report::words::ReportLanguage;
use crate::domain::report::{ReportedAmendment, ReportedStory, Snapshot, Sources};
use crate::domain::turnout::TurnoutStep;
use crate::error::{Error, Result};
use crate::id::CampaignId;
use crate::ledger::report::{self, Report};
use crate::ledger::{Database, Transaction, campaign, tally, withholding};
use crate::sheet::report_workbook;

use chrono::{DateTime, TimeDelta, Utc};

/// The time after the closing in which votes that were cast before it are still stored: a process waits two seconds for
/// the writer, and the database ends a statement after five.
pub const COUNTED_WITHIN: TimeDelta = TimeDelta::seconds(10);
/// Bytes of a report at most: thousands of nominees and stories take two or three million.
const BYTES_MAX: usize = 32 * 1024 * 1024;
/// Stories and amendments that are read at most; with more of them the report would be too large.
const ROWS_MAX: i64 = 100_000;

/// The right that a report takes: it has what exports have.
pub const RIGHT: Action = Action::ReadRecords;

/// The reason why there is no report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportRefusal {
    /// Voting has not ended.
    WrongPhase,
    /// Voting has ended a moment ago: votes may still be on their way into the database.
    StillCounting,
    /// The campaign has many reports already.
    TooMany,
    /// There is more to report than fits.
    TooLarge,
    /// Figures of the database do not agree with each other.
    DoesNotAddUp,
    /// The idempotency key belongs to something else.
    IdempotencyKeyReused,
}

/// The form of a report as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportForm {
    /// A page that needs nothing else.
    Html,
    /// A workbook.
    Xlsx,
}

/// A report that was taken, as it is stored.
#[derive(Debug)]
pub struct TakenReport {
    /// The figures.
    pub snapshot: Snapshot,
    /// The same as text.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: Vec<u8>,
}

/// Takes the figures of a campaign at one moment of the database, if voting has ended and they agree.
pub async fn take(
    database: &Database,
    id: CampaignId,
    now: DateTime<Utc>,
) -> Result<Result<TakenReport, ReportRefusal>> {
    let mut tx = database.begin_snapshot("report").await?;
    let roster = campaign::find_roster_in(&mut tx, id).await?;
    let roster = roster.ok_or(Error::NotFound("campaign"))?;
    let found = roster.campaign();
    match found.phase(now) {
        Phase::Draft | Phase::Upcoming | Phase::Voting | Phase::Paused => {
            return Ok(Err(ReportRefusal::WrongPhase));
        }
        Phase::Ended | Phase::Published | Phase::Archived => {}
    }
    if now < found.voting_closes_at + COUNTED_WITHIN {
        return Ok(Err(ReportRefusal::StillCounting));
    }
    let rules = withholding::list_in(&mut tx, id).await?;
    if !rules
        .iter()
        .all(|rule| rule.is_settled(found.voting_closes_at))
    {
        return Ok(Err(ReportRefusal::StillCounting));
    }
    let organisation = report::find_organisation_name(&mut tx, found.organisation_id).await?;
    let minutes = TurnoutStep::Hour.minutes_summed();
    let snapshot = Snapshot::new(Sources {
        taken_at: now,
        organisation,
        totals: tally::list_totals_in(&mut tx, id).await?,
        turnout: report::list_turnout(&mut tx, id, minutes).await?,
        peak_minute: report::find_peak_minute(&mut tx, id).await?,
        cast: report::list_cast(&mut tx, id).await?,
        reach: report::list_reach(&mut tx, id).await?,
        stories: list_stories(&mut tx, id, now).await?,
        amendments: list_amendments(&mut tx, id).await?,
        roster,
    });
    drop(tx);
    let discrepancies = snapshot.check();
    for discrepancy in &discrepancies {
        tracing::error!(campaign = %id, %discrepancy, "a report was not made: its figures do not agree");
    }
    if !discrepancies.is_empty() {
        return Ok(Err(ReportRefusal::DoesNotAddUp));
    }
    let text = snapshot.to_text().map_err(Error::internal)?;
    if text.len() > BYTES_MAX {
        return Ok(Err(ReportRefusal::TooLarge));
    }
    let sha256 = digest::digest(&digest::SHA256, text.as_bytes());
    let sha256 = sha256.as_ref().to_vec();
    Ok(Ok(TakenReport {
        snapshot,
        text,
        sha256,
    }))
}

async fn list_stories(
    tx: &mut Transaction,
    id: CampaignId,
    now: DateTime<Utc>,
) -> Result<Vec<ReportedStory>> {
    let stories = report::list_stories(tx, id, now, ROWS_MAX).await?;
    let story = |story: report::StoryRow| ReportedStory {
        title: story.title,
        nominee: story.nominee,
        published_at: story.published_at,
        views: story.views,
        likes: story.likes,
    };
    Ok(stories.into_iter().map(story).collect())
}

async fn list_amendments(tx: &mut Transaction, id: CampaignId) -> Result<Vec<ReportedAmendment>> {
    let amendments = report::list_amendments(tx, id, ROWS_MAX).await?;
    let amendment = |amendment: Amendment| ReportedAmendment {
        at: amendment.at,
        subject: amendment.subject_label,
        changes: amendment.changes,
        reason: amendment.reason,
    };
    Ok(amendments.into_iter().map(amendment).collect())
}

/// The workbook of a report, made on a thread of its own.
pub async fn workbook(
    snapshot: Snapshot,
    sha256: String,
    language: ReportLanguage,
) -> Result<Vec<u8>> {
    let write = move || report_workbook(&snapshot, &sha256, language);
    let written = tokio::task::spawn_blocking(write).await;
    written.map_err(Error::internal)?.map_err(Error::internal)
}

impl App {
    /// Whether a viewer may know of a report.
    #[must_use]
    pub fn may_see_report(&self, viewer: Viewer, report: &Report) -> bool {
        self.may(viewer, report.organisation_id, RIGHT)
    }

    /// The path of a link to a report in this form for this viewer; none where the viewer may not have it.
    #[must_use]
    pub fn report_link(
        &self,
        viewer: Viewer,
        report: &Report,
        form: ReportForm,
        language: ReportLanguage,
    ) -> Option<String> {
        let staff_id = viewer.staff()?;
        if !self.may_see_report(viewer, report) {
            return None;
        }
        let target = ReportLinkTarget {
            report_id: report.id,
            staff_id,
            form,
            language,
            expires_at: self.clock.now() + super::exports::LINK_LIFE,
        };
        Some(format!("/reports/{}", target.seal(&self.hash_key)))
    }
}
