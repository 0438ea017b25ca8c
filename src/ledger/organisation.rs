//! Organisations, their members and invitations.

use chrono::{DateTime, Utc};

use super::{Database, Transaction, in_tx, on_pool, sql};
use crate::domain::access::StaffRole;
use crate::domain::organisation::{Directory, Membership, Organisation};
use crate::id::{CampaignId, InvitationId, OrganisationId, StaffId};

/// An invitation that can still be accepted, or could.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The organisation that invites.
    pub organisation_id: OrganisationId,
    /// The e-mail address that the member will sign in with.
    pub email: String,
    /// The role that the member will have.
    pub role: StaffRole,
    /// The time of inviting.
    pub created_at: DateTime<Utc>,
    /// The time from which it is good for nothing.
    pub expires_at: DateTime<Utc>,
    /// The time of accepting, if it was.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The time of revoking, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Invitation {
    /// Whether it can be accepted at `now`.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.accepted_at.is_none() && self.revoked_at.is_none() && now < self.expires_at
    }
}

/// An actor's standing in an organisation, as the transaction of its change sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Standing {
    /// The actor's name.
    pub name: String,
    /// Its role.
    pub role: StaffRole,
    /// Whether the organisation asks its owners for a second factor.
    pub requires_second_factor: bool,
    /// Whether the actor has one.
    pub has_second_factor: bool,
}

/// All organisations with their members.
pub async fn read_directory(database: &Database, revision: i64) -> sqlx::Result<Directory> {
    let statement = sql!(
        "list_organisations",
        "SELECT id, slug, name, requires_second_factor, edit_revision FROM organisation"
    );
    let mut organisations: Vec<Organisation> = on_pool!(database.read(statement), (p, text) =>
        sqlx::query_as(text).fetch_all(p).await)?;
    // By bytes: the order of a database's own collation is another one.
    organisations.sort_by(|a, b| a.slug.cmp(&b.slug));
    let statement = sql!(
        "list_memberships",
        "SELECT m.organisation_id, m.staff_id, m.role, m.created_at, s.name, s.email,
            EXISTS (SELECT 1 FROM second_factor f WHERE f.staff_id = s.id AND f.confirmed_at IS NOT NULL)
                AS has_second_factor,
            s.disabled_at IS NOT NULL AS is_disabled
        FROM membership m JOIN staff s ON s.id = m.staff_id ORDER BY m.created_at, m.staff_id"
    );
    let memberships: Vec<Membership> = on_pool!(database.read(statement), (p, text) =>
        sqlx::query_as(text).fetch_all(p).await)?;
    Ok(Directory::new(revision, organisations, memberships))
}

/// An organisation as this transaction sees it; locked, so that what is decided on it stays true until the end.
pub async fn find_locked(
    tx: &mut Transaction,
    id: OrganisationId,
) -> sqlx::Result<Option<Organisation>> {
    let statement = sql!(
        "lock_organisation",
        postgres: "SELECT id, slug, name, requires_second_factor, edit_revision FROM organisation WHERE id = $1
            FOR UPDATE",
        sqlite: "SELECT id, slug, name, requires_second_factor, edit_revision FROM organisation WHERE id = $1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// An organisation by its slug.
pub async fn find_by_slug(database: &Database, slug: &str) -> sqlx::Result<Option<Organisation>> {
    let statement = sql!(
        "find_organisation_by_slug",
        "SELECT id, slug, name, requires_second_factor, edit_revision FROM organisation WHERE slug = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(slug).fetch_optional(p).await)
}

/// Stores a new organisation; returns whether its slug was free.
pub async fn insert(
    tx: &mut Transaction,
    organisation: &Organisation,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "insert_organisation",
        "INSERT INTO organisation (id, slug, name, requires_second_factor, edit_revision, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (slug) DO NOTHING"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(organisation.id).bind(&organisation.slug).bind(&organisation.name)
        .bind(organisation.requires_second_factor).bind(organisation.edit_revision).bind(now)
        .execute(t).await.map(|done| done.rows_affected() == 1))
}

/// Stores name and settings of an organisation, and its next edit revision.
pub async fn update(tx: &mut Transaction, organisation: &Organisation) -> sqlx::Result<()> {
    let statement = sql!(
        "update_organisation",
        "UPDATE organisation SET name = $2, requires_second_factor = $3, edit_revision = $4 WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(organisation.id).bind(&organisation.name).bind(organisation.requires_second_factor)
        .bind(organisation.edit_revision).execute(t).await.map(drop))
}

/// The standing of an active member of staff in an organisation; none for others.
pub async fn find_standing(
    tx: &mut Transaction,
    id: OrganisationId,
    staff_id: StaffId,
) -> sqlx::Result<Option<Standing>> {
    let statement = sql!(
        "find_standing",
        "SELECT s.name, m.role, o.requires_second_factor,
            EXISTS (SELECT 1 FROM second_factor f WHERE f.staff_id = s.id AND f.confirmed_at IS NOT NULL)
                AS has_second_factor
        FROM membership m JOIN staff s ON s.id = m.staff_id JOIN organisation o ON o.id = m.organisation_id
        WHERE m.organisation_id = $1 AND m.staff_id = $2 AND s.disabled_at IS NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).bind(staff_id).fetch_optional(t).await)
}

/// The organisation that a campaign belongs to; the campaign's row is locked until the end of the transaction.
pub async fn find_of_campaign(
    tx: &mut Transaction,
    id: CampaignId,
) -> sqlx::Result<Option<OrganisationId>> {
    let statement = sql!(
        "lock_organisation_of_campaign",
        postgres: "SELECT organisation_id FROM campaign WHERE id = $1 FOR UPDATE",
        sqlite: "SELECT organisation_id FROM campaign WHERE id = $1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).fetch_optional(t).await)
}

/// The role of a member of an organisation, active or not.
pub async fn find_role(
    tx: &mut Transaction,
    id: OrganisationId,
    staff_id: StaffId,
) -> sqlx::Result<Option<StaffRole>> {
    let statement = sql!(
        "find_role",
        "SELECT role FROM membership WHERE organisation_id = $1 AND staff_id = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).bind(staff_id).fetch_optional(t).await)
}

/// Whether an organisation has another active owner than this member.
pub async fn has_other_owner(
    tx: &mut Transaction,
    id: OrganisationId,
    staff_id: StaffId,
) -> sqlx::Result<bool> {
    let statement = sql!(
        "find_other_owner",
        "SELECT 1 FROM membership m JOIN staff s ON s.id = m.staff_id
        WHERE m.organisation_id = $1 AND m.staff_id <> $2 AND m.role = 'OWNER' AND s.disabled_at IS NULL LIMIT 1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(staff_id).fetch_optional(t).await.map(|row| row.is_some()))
}

/// Gives a member of staff this role in an organisation, whichever it had.
pub async fn set_role(
    tx: &mut Transaction,
    id: OrganisationId,
    staff_id: StaffId,
    role: StaffRole,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let statement = sql!(
        "set_role",
        "INSERT INTO membership (organisation_id, staff_id, role, created_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organisation_id, staff_id) DO UPDATE SET role = excluded.role"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(id).bind(staff_id).bind(role).bind(now).execute(t).await.map(drop))
}

/// Ends the membership of a member of staff in an organisation.
pub async fn remove_member(
    tx: &mut Transaction,
    id: OrganisationId,
    staff_id: StaffId,
) -> sqlx::Result<()> {
    let statement = sql!(
        "remove_member",
        "DELETE FROM membership WHERE organisation_id = $1 AND staff_id = $2"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text).bind(id).bind(staff_id).execute(t).await.map(drop))
}

/// Stores a new invitation with the keyed hash of its secret.
pub async fn insert_invitation(
    tx: &mut Transaction,
    invitation: &Invitation,
    token_hash: &[u8],
) -> sqlx::Result<()> {
    let statement = sql!(
        "insert_invitation",
        "INSERT INTO invitation (id, organisation_id, email, role, token_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(invitation.id).bind(invitation.organisation_id).bind(&invitation.email).bind(invitation.role)
        .bind(token_hash).bind(invitation.created_at).bind(invitation.expires_at).execute(t).await.map(drop))
}

/// The open invitations of an organisation, newest first, at most `limit`.
pub async fn list_open_invitations(
    database: &Database,
    id: OrganisationId,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<Invitation>> {
    let statement = sql!(
        "list_open_invitations",
        "SELECT id, organisation_id, email, role, created_at, expires_at, accepted_at, revoked_at FROM invitation
        WHERE organisation_id = $1 AND expires_at > $2 AND accepted_at IS NULL AND revoked_at IS NULL
        ORDER BY created_at DESC, id DESC LIMIT $3"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text)
        .bind(id).bind(now).bind(limit).fetch_all(p).await)
}

/// The number of open invitations of an organisation.
pub async fn count_open_invitations(
    tx: &mut Transaction,
    id: OrganisationId,
    now: DateTime<Utc>,
) -> sqlx::Result<i64> {
    let statement = sql!(
        "count_open_invitations",
        "SELECT count(*) FROM invitation
        WHERE organisation_id = $1 AND expires_at > $2 AND accepted_at IS NULL AND revoked_at IS NULL"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_scalar(text).bind(id).bind(now).fetch_one(t).await)
}

/// An invitation by the keyed hash of its secret; locked, so that it is accepted once.
pub async fn find_invitation_by_token(
    tx: &mut Transaction,
    token_hash: &[u8],
) -> sqlx::Result<Option<Invitation>> {
    let statement = sql!(
        "lock_invitation_by_token",
        postgres: "SELECT id, organisation_id, email, role, created_at, expires_at, accepted_at, revoked_at
            FROM invitation WHERE token_hash = $1 FOR UPDATE",
        sqlite: "SELECT id, organisation_id, email, role, created_at, expires_at, accepted_at, revoked_at
            FROM invitation WHERE token_hash = $1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(token_hash).fetch_optional(t).await)
}

/// An invitation by the keyed hash of its secret, as it stands now.
pub async fn find_invitation_of_token(
    database: &Database,
    token_hash: &[u8],
) -> sqlx::Result<Option<Invitation>> {
    let statement = sql!(
        "find_invitation_by_token",
        "SELECT id, organisation_id, email, role, created_at, expires_at, accepted_at, revoked_at FROM invitation
        WHERE token_hash = $1"
    );
    on_pool!(database.read(statement), (p, text) => sqlx::query_as(text).bind(token_hash).fetch_optional(p).await)
}

/// An invitation; locked until the end of the transaction.
pub async fn find_invitation(
    tx: &mut Transaction,
    id: InvitationId,
) -> sqlx::Result<Option<Invitation>> {
    let statement = sql!(
        "lock_invitation",
        postgres: "SELECT id, organisation_id, email, role, created_at, expires_at, accepted_at, revoked_at
            FROM invitation WHERE id = $1 FOR UPDATE",
        sqlite: "SELECT id, organisation_id, email, role, created_at, expires_at, accepted_at, revoked_at
            FROM invitation WHERE id = $1",
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query_as(text).bind(id).fetch_optional(t).await)
}

/// Stores that an invitation was accepted or revoked.
pub async fn close_invitation(tx: &mut Transaction, invitation: &Invitation) -> sqlx::Result<()> {
    let statement = sql!(
        "close_invitation",
        "UPDATE invitation SET accepted_at = $2, revoked_at = $3 WHERE id = $1"
    );
    in_tx!(tx.run(statement), (t, text) => sqlx::query(text)
        .bind(invitation.id).bind(invitation.accepted_at).bind(invitation.revoked_at).execute(t).await.map(drop))
}
