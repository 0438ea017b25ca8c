//! The desk: everything that an organiser changes. It is a wing with one door.
//!
//! A change opens a transaction ([`Desk::open`]), which asks [`access`](crate::domain::access) for the right, and is
//! committed with the event that tells of it ([`Edit::commit`]), in the same transaction: there is no other way to
//! commit one. Refused attempts of members are events of their own, one an hour. An object of an organisation that the
//! actor does not belong to looks absent, and the attempt is in the log only.
//!
//! Outcomes that a user can act on are values ([`Answer`]). Edits name the revision that they rest on: of two people
//! who edit one object the second is refused, and shown it as it stands.

mod account;
mod campaigns;
mod cases;
mod categories;
mod exports;
mod import_jobs;
mod import_plans;
mod imports;
mod members;
mod new_campaigns;
mod nominees;
mod organisations;
mod pictures;
mod reports;
mod schedule;
mod sheet_plans;
mod stories;
mod story_imports;
mod withholding;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use self::account::{AccountRefusal, Enrolment};
pub use self::campaigns::RulesAmendment;
pub use self::categories::CategoryEdit;
pub use self::exports::{ExportDownload, ExportRefusal, NewExport};
pub use self::import_jobs::{ApplyRefusal, ImportApplication, NewImport, NewImportRefusal};
pub use self::import_plans::{AnnotatedFile, READ_LEASE};
pub use self::imports::{ImportMode, ImportRefusal, Sheet};
pub use self::members::{MemberRefusal, NewInvitation, StaffAccount};
pub use self::new_campaigns::NewCampaign;
pub use self::nominees::{NewNominee, NomineeEdit, NomineeRefusal, NomineeStep};
pub use self::organisations::{OrganisationEdit, OrganisationRefusal};
pub use self::pictures::{PictureEdit, ShowPictureRefusal};
pub use self::reports::OpenedReport;
pub use self::schedule::SchedulePlan;
pub use self::stories::{NewStory, StoryStepEdit};
pub use self::withholding::{NamedVotes, WithholdingProposal};
use super::{App, Client};
use crate::auth::Viewer;
use crate::auth::keyed_hash::{HashKey, Purpose};
use crate::clock::Clock;
use crate::domain::access::{Action, StaffRole, may};
use crate::domain::change::Changes;
use crate::domain::organisation::lacks_second_factor;
use crate::error::{Error, Result};
use crate::id::{AuditEventId, CampaignId, OrganisationId, StaffId};
use crate::ledger::audit::{self, ActorKind, AuditEvent, SubjectKind};
use crate::ledger::{Database, Transaction, organisation};
use crate::telemetry::RequestId;

/// The name of an operator in the audit log.
const OPERATOR: &str = "operator";
/// Characters of a reason at most.
const REASON_CHARS_MAX: usize = 500;

/// A part of the input that is refused, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejection<W> {
    /// The reason.
    pub why: W,
    /// The field of the input, where it is about one.
    pub field: Option<&'static str>,
}

/// The result of a change, or the reasons why it was refused.
pub type Answer<T, W> = std::result::Result<T, Vec<Rejection<W>>>;

/// The answer that refuses for one reason.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it ends use cases, which fail in other ways, too"
)]
fn refuse<T, W>(why: W, field: impl Into<Option<&'static str>>) -> Result<Answer<T, W>> {
    let field = field.into();
    Ok(Err(vec![Rejection { why, field }]))
}

/// The author of a change.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// A member of staff, by a request.
    Staff {
        /// The member.
        id: StaffId,
        /// The keyed hash of the network that the request comes from.
        network_hash: [u8; 16],
        /// The key of hashes.
        hash_key: &'a HashKey,
    },
    /// An operator, by a command on the server.
    Operator,
}

/// The desk as an actor has it before it.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'a> {
    database: &'a Database,
    clock: &'a Clock,
    actor: Actor<'a>,
}

/// The object that a change is about.
#[derive(Debug, Clone)]
struct Subject {
    kind: SubjectKind,
    id: Uuid,
    /// Its name for people; empty where it is not known yet.
    label: String,
}

impl Subject {
    fn new(kind: SubjectKind, id: Uuid, label: impl Into<String>) -> Self {
        let label = label.into();
        Self { kind, id, label }
    }

    /// The noun of an error that says that it is absent.
    fn noun(&self) -> &'static str {
        match self.kind {
            SubjectKind::Organisation => "organisation",
            SubjectKind::Staff => "member",
            SubjectKind::Invitation => "invitation",
            SubjectKind::Campaign => "campaign",
            SubjectKind::Category => "category",
            SubjectKind::Nominee => "nominee",
            SubjectKind::Story => "story",
            SubjectKind::Import => "import",
            SubjectKind::Export => "export",
            SubjectKind::Report => "report",
            SubjectKind::WithholdingRule => "withholding rule",
            SubjectKind::SignalCase => "case",
        }
    }
}

/// A change that is about to be tried.
#[derive(Debug, Clone)]
struct Attempt {
    /// Its name in the audit log: noun and verb.
    name: &'static str,
    /// The right that it takes.
    right: Action,
    subject: Subject,
}

/// The event that tells of a change.
#[derive(Debug)]
struct Event {
    name: &'static str,
    subject: Subject,
    /// The subject's edit revision after the change, where it has one.
    revision: Option<i64>,
    changes: Changes,
    reason: Option<String>,
}

impl Event {
    fn new(name: &'static str, subject: Subject, changes: Changes) -> Self {
        Self {
            name,
            subject,
            revision: None,
            changes,
            reason: None,
        }
    }

    fn at_revision(mut self, revision: i64) -> Self {
        self.revision = Some(revision);
        self
    }
}

/// A change under way: a transaction that commits with its event only, and is rolled back when it is dropped.
#[derive(Debug)]
struct Edit {
    tx: Transaction,
    now: DateTime<Utc>,
    /// The organisations whose log the event belongs to, with the actor's role there.
    places: Vec<(OrganisationId, Option<StaffRole>)>,
    campaign_id: Option<CampaignId>,
    actor: ActorRecord,
}

/// An actor as events name it.
#[derive(Debug, Clone)]
struct ActorRecord {
    kind: ActorKind,
    id: Option<StaffId>,
    name: String,
    network_hash: Option<[u8; 16]>,
}

impl ActorRecord {
    fn operator() -> Self {
        Self {
            kind: ActorKind::Operator,
            id: None,
            name: OPERATOR.to_owned(),
            network_hash: None,
        }
    }
}

impl Edit {
    /// The transaction, to read and write in.
    fn tx(&mut self) -> &mut Transaction {
        &mut self.tx
    }

    /// Stores an event of the change; another follows, with which it is committed.
    async fn note(&mut self, event: &Event) -> Result<()> {
        self.store(event, None).await
    }

    /// Stores the event that tells of the change, and commits both.
    async fn commit(mut self, event: Event) -> Result<()> {
        self.store(&event, None).await?;
        Ok(self.tx.commit().await?)
    }

    async fn store(&mut self, event: &Event, once_key: Option<&[u8]>) -> Result<()> {
        for (organisation_id, role) in self.places.clone() {
            let stored = AuditEvent {
                id: AuditEventId::new(),
                at: self.now,
                organisation_id,
                campaign_id: self.campaign_id,
                actor_kind: self.actor.kind,
                actor_id: self.actor.id,
                actor_name: self.actor.name.clone(),
                actor_role: role,
                action: event.name.to_owned(),
                subject_kind: event.subject.kind,
                subject_id: event.subject.id,
                subject_label: event.subject.label.clone(),
                subject_revision: event.revision,
                changes: event.changes.as_slice().to_vec(),
                reason: event.reason.clone(),
                request_id: RequestId::current().map(|id| id.to_string()),
                network_hash: self.actor.network_hash.map(Vec::from),
            };
            audit::insert(&mut self.tx, &stored, once_key).await?;
        }
        Ok(())
    }
}

impl<'a> Desk<'a> {
    /// The desk of an operator, who has all rights.
    #[must_use]
    pub fn of_operator(database: &'a Database, clock: &'a Clock) -> Self {
        Self {
            database,
            clock,
            actor: Actor::Operator,
        }
    }

    /// The member of staff at the desk; none where it is an operator's.
    fn staff_id(&self) -> Option<StaffId> {
        match self.actor {
            Actor::Staff { id, .. } => Some(id),
            Actor::Operator => None,
        }
    }

    /// Opens a change in an organisation.
    async fn open(&self, organisation_id: OrganisationId, attempt: &Attempt) -> Result<Edit> {
        let tx = self.database.begin(attempt.name).await?;
        self.admit(tx, organisation_id, None, attempt).await
    }

    /// Opens a change of what belongs to a campaign, whose row is locked until the end.
    async fn open_campaign(&self, campaign_id: CampaignId, attempt: &Attempt) -> Result<Edit> {
        let mut tx = self.database.begin(attempt.name).await?;
        let found = organisation::find_of_campaign(&mut tx, campaign_id).await?;
        let organisation_id = found.ok_or(Error::NotFound(attempt.subject.noun()))?;
        self.admit(tx, organisation_id, Some(campaign_id), attempt)
            .await
    }

    /// Notes that this key of the actor makes this object; returns the object that it made before, if it did. Operators
    /// have no keys: they see what they do.
    async fn claim_creation(
        &self,
        edit: &mut Edit,
        idempotency_key: Option<Uuid>,
        subject_id: Uuid,
    ) -> Result<Option<Uuid>> {
        let (Actor::Staff { id, .. }, Some(key)) = (self.actor, idempotency_key) else {
            return Ok(None);
        };
        let now = edit.now;
        Ok(audit::claim_creation(edit.tx(), id, key, subject_id, now).await?)
    }

    /// Admits the actor to a change, if it has the right.
    async fn admit(
        &self,
        mut tx: Transaction,
        organisation_id: OrganisationId,
        campaign_id: Option<CampaignId>,
        attempt: &Attempt,
    ) -> Result<Edit> {
        let now = self.clock.now();
        let Actor::Staff {
            id,
            network_hash,
            hash_key,
        } = self.actor
        else {
            return Ok(Edit {
                tx,
                now,
                places: vec![(organisation_id, None)],
                campaign_id,
                actor: ActorRecord::operator(),
            });
        };
        let standing = organisation::find_standing(&mut tx, organisation_id, id).await?;
        let Some(standing) = standing else {
            let (request, action) = (RequestId::current(), attempt.name);
            tracing::warn!(request, staff = %id, organisation = %organisation_id, action,
                "a member of staff tried to change an object of another organisation");
            return Err(Error::NotFound(attempt.subject.noun()));
        };
        let lacks_factor = lacks_second_factor(
            standing.role,
            standing.requires_second_factor,
            standing.has_second_factor,
        );
        let edit = Edit {
            tx,
            now,
            places: vec![(organisation_id, Some(standing.role))],
            campaign_id,
            actor: ActorRecord {
                kind: ActorKind::Staff,
                id: Some(id),
                name: standing.name,
                network_hash: Some(network_hash),
            },
        };
        if !lacks_factor && may(standing.role, attempt.right) {
            return Ok(edit);
        }
        edit.record_refusal(id, attempt, hash_key).await?;
        Err(Error::Forbidden(if lacks_factor {
            "Set up a second factor first: the organisation asks its owners for one."
        } else {
            "Your role in the organisation does not allow this."
        }))
    }
}

impl Edit {
    /// Records that the actor lacks the right: once an hour for an actor, action and subject.
    async fn record_refusal(
        mut self,
        id: StaffId,
        attempt: &Attempt,
        hash_key: &HashKey,
    ) -> Result<()> {
        let mut changes = Changes::default();
        changes.set("action", attempt.name);
        let hour = self.now.timestamp() / 3_600;
        let once_key = hash_key.hash(
            Purpose::Attempt,
            &[
                id.0.as_bytes(),
                attempt.name.as_bytes(),
                attempt.subject.id.as_bytes(),
                &hour.to_be_bytes(),
            ],
        );
        let event = Event::new("access.refused", attempt.subject.clone(), changes);
        self.store(&event, Some(&once_key)).await?;
        Ok(self.tx.commit().await?)
    }
}

impl App {
    /// The desk of a member of staff.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] or [`Error::Forbidden`] for others.
    pub fn desk(&self, viewer: Viewer, client: &Client) -> Result<Desk<'_>> {
        let actor = Actor::Staff {
            id: viewer.require_staff()?,
            network_hash: self.network_hash(client),
            hash_key: &self.hash_key,
        };
        Ok(Desk {
            database: &self.database,
            clock: &self.clock,
            actor,
        })
    }

    /// Whether `viewer` may do this in an organisation, as far as this process knows: at most a second old.
    #[must_use]
    pub fn may(&self, viewer: Viewer, id: OrganisationId, action: Action) -> bool {
        self.campaigns.catalog().may(viewer, id, action)
    }
}

/// A reason as it is stored; none where there is none, or it is too long.
fn checked_reason(reason: &str) -> Option<String> {
    let reason = reason.trim();
    let is_good = !reason.is_empty() && reason.chars().count() <= REASON_CHARS_MAX;
    is_good.then(|| reason.to_owned())
}
