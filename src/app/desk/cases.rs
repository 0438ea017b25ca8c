//! Cases that signals have found, at the desk: dismissed by a person who has looked at them, and opened again.

use super::{Answer, Attempt, Desk, Event, Subject, checked_reason, refuse};
use crate::app::signals::REOPEN_CASE;
use crate::domain::access::Action;
use crate::domain::change::Changes;
use crate::domain::signals::{CaseRefusal, CaseState, SignalCase};
use crate::domain::withholding::Selector;
use crate::error::{Error, Result};
use crate::id::{CampaignId, OfferId, SignalCaseId};
use crate::ledger::audit::SubjectKind;
use crate::ledger::{campaign, signals};

const DISMISS: &str = "case.dismiss";

impl Desk<'_> {
    /// Dismisses a case that stands at `expected_revision`: nothing of it is to be withheld, as the note says why.
    pub async fn dismiss_case(
        &self,
        id: SignalCaseId,
        expected_revision: i64,
        note: &str,
    ) -> Result<Answer<(), CaseRefusal>> {
        self.decide_on_case(DISMISS, id, expected_revision, Some(note))
            .await
    }

    /// Opens a case again that was dismissed.
    pub async fn reopen_case(
        &self,
        id: SignalCaseId,
        expected_revision: i64,
    ) -> Result<Answer<(), CaseRefusal>> {
        self.decide_on_case(REOPEN_CASE, id, expected_revision, None)
            .await
    }

    async fn decide_on_case(
        &self,
        name: &'static str,
        id: SignalCaseId,
        expected_revision: i64,
        note: Option<&str>,
    ) -> Result<Answer<(), CaseRefusal>> {
        let found = signals::find_case(self.database, id).await?;
        let campaign_id = found.ok_or(Error::NotFound("case"))?.campaign_id;
        let attempt = Attempt {
            name,
            right: Action::WithholdVotes,
            subject: Subject::new(SubjectKind::SignalCase, id.0, ""),
        };
        let mut edit = self.open_campaign(campaign_id, &attempt).await?;
        let note = match note.map(checked_reason) {
            Some(None) => return refuse(CaseRefusal::NoteRequired, "note"),
            given => given.flatten(),
        };
        let campaign = campaign::find_locked(edit.tx(), campaign_id).await?;
        let campaign = campaign.ok_or(Error::NotFound("campaign"))?;
        signals::lock(edit.tx(), campaign_id).await?;
        let cases = signals::list_cases_in(edit.tx(), campaign_id).await?;
        let mut cases = cases.into_iter();
        let mut case = cases
            .find(|case| case.id == id)
            .ok_or(Error::NotFound("case"))?;
        if case.edit_revision != expected_revision {
            return refuse(CaseRefusal::StaleObject, None);
        }
        let (before, after) = if note.is_some() {
            (CaseState::Open, CaseState::Dismissed)
        } else {
            (CaseState::Dismissed, CaseState::Open)
        };
        if case.state != before {
            return refuse(CaseRefusal::WrongState, None);
        }
        case.state = after;
        case.note = note.or(case.note);
        case.decided_by = self.staff_id();
        case.decided_at = Some(edit.now);
        case.edit_revision += 1;
        signals::store_decision(edit.tx(), &case).await?;
        let mut changes = Changes::default();
        changes.replace("state", before.name(), after.name());
        let subject = Subject::new(SubjectKind::SignalCase, id.0, &campaign.title);
        let mut event = Event::new(name, subject, changes).at_revision(case.edit_revision);
        event.reason = case.note.filter(|_| after == CaseState::Dismissed);
        edit.commit(event).await?;
        Ok(Ok(()))
    }

    /// The votes that an offer of a case names, with its campaign.
    pub(super) async fn find_offer(
        &self,
        case_id: SignalCaseId,
        id: OfferId,
    ) -> Result<(CampaignId, Selector)> {
        let case = signals::find_case(self.database, case_id).await?;
        let found = case.and_then(|case| {
            let SignalCase {
                campaign_id,
                alarms,
                ..
            } = case;
            let mut offers = alarms.into_iter().flat_map(|alarm| alarm.offers);
            offers
                .find(|offer| offer.id == id)
                .map(|offer| (campaign_id, offer.selector))
        });
        found.ok_or(Error::NotFound("offer"))
    }
}
