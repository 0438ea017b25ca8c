-- Organisations: several share a server, and none sees what another prepares. A member's role says what it may do
-- (src/domain/access.rs). Programs older than this showed every draft to all staff.
CREATE TABLE organisation (
    id                      BLOB PRIMARY KEY,
    slug                    TEXT NOT NULL UNIQUE,
    name                    TEXT NOT NULL,
    requires_second_factor  BOOLEAN NOT NULL DEFAULT FALSE, -- of its owners
    edit_revision           INTEGER NOT NULL DEFAULT 1, -- moved by edits: two people do not overwrite each other
    created_at              TEXT NOT NULL
);

CREATE TABLE membership (
    organisation_id  BLOB NOT NULL REFERENCES organisation (id),
    staff_id         BLOB NOT NULL REFERENCES staff (id),
    role             TEXT NOT NULL CHECK (role IN ('OWNER', 'ORGANISER', 'EDITOR', 'AUDITOR')),
    created_at       TEXT NOT NULL,
    PRIMARY KEY (organisation_id, staff_id)
);
CREATE INDEX membership_by_staff ON membership (staff_id);

-- What there was belongs to an organisation of its own, and its staff, who answered for all of it, are its owners.
INSERT INTO organisation (id, slug, name, created_at)
SELECT randomblob(16), 'default', 'default', strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')
WHERE EXISTS (SELECT 1 FROM campaign) OR EXISTS (SELECT 1 FROM staff);
INSERT INTO membership (organisation_id, staff_id, role, created_at)
SELECT o.id, s.id, 'OWNER', strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now') FROM organisation o CROSS JOIN staff s;
-- SQLite adds no column that must have a value and refers to another table: triggers do it.
ALTER TABLE campaign ADD COLUMN organisation_id BLOB NOT NULL DEFAULT x'';
UPDATE campaign SET organisation_id = (SELECT id FROM organisation);
CREATE TRIGGER campaign_organisation_insert BEFORE INSERT ON campaign
    WHEN NOT EXISTS (SELECT 1 FROM organisation WHERE id = NEW.organisation_id)
BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: campaign.organisation_id'); END;
CREATE TRIGGER campaign_organisation_update BEFORE UPDATE OF organisation_id ON campaign
    WHEN NOT EXISTS (SELECT 1 FROM organisation WHERE id = NEW.organisation_id)
BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: campaign.organisation_id'); END;
CREATE INDEX campaign_by_organisation ON campaign (organisation_id);

-- An invitation is a link that is good once. Only a keyed hash of its secret is kept.
CREATE TABLE invitation (
    id               BLOB PRIMARY KEY,
    organisation_id  BLOB NOT NULL REFERENCES organisation (id),
    email            TEXT NOT NULL, -- lower case
    role             TEXT NOT NULL CHECK (role IN ('OWNER', 'ORGANISER', 'EDITOR', 'AUDITOR')),
    token_hash       BLOB NOT NULL UNIQUE,
    created_at       TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    accepted_at      TEXT,
    revoked_at       TEXT
);
CREATE INDEX invitation_of_organisation ON invitation (organisation_id, created_at);

-- A second factor: a shared secret (RFC 6238), sealed with a key of the program. Until it is confirmed it is not asked
-- for. Each step of 30 seconds is good once.
CREATE TABLE second_factor (
    staff_id       BLOB PRIMARY KEY REFERENCES staff (id),
    sealed_secret  BLOB NOT NULL,
    last_step      INTEGER NOT NULL DEFAULT 0,
    confirmed_at   TEXT,
    created_at     TEXT NOT NULL
);
CREATE TABLE recovery_code (
    staff_id   BLOB NOT NULL REFERENCES staff (id),
    code_hash  BLOB NOT NULL, -- keyed
    used_at    TEXT,
    PRIMARY KEY (staff_id, code_hash)
);

-- What was done, by whom. An event is stored in the transaction of the change that it tells of, and stays as it is.
CREATE TABLE audit_event (
    id                BLOB PRIMARY KEY, -- UUIDv7
    at                TEXT NOT NULL,
    organisation_id   BLOB NOT NULL REFERENCES organisation (id),
    campaign_id       BLOB, -- it may be a draft that was deleted
    actor_kind        TEXT NOT NULL CHECK (actor_kind IN ('STAFF', 'OPERATOR', 'CLOCK')),
    actor_id          BLOB,
    actor_name        TEXT NOT NULL,
    actor_role        TEXT CHECK (actor_role IN ('OWNER', 'ORGANISER', 'EDITOR', 'AUDITOR')),
    action            TEXT NOT NULL, -- noun.verb
    subject_kind      TEXT NOT NULL,
    subject_id        BLOB NOT NULL,
    subject_label     TEXT NOT NULL,
    subject_revision  INTEGER, -- the subject's edit_revision after the change
    changes           TEXT NOT NULL CHECK (json_valid(changes) AND json_type(changes) = 'array'),
    reason            TEXT,
    request_id        TEXT,
    network_hash      BLOB, -- keyed
    once_key          BLOB UNIQUE, -- of refused attempts: one an actor, action, subject and hour
    CHECK ((actor_kind = 'STAFF') = (actor_id IS NOT NULL))
);
CREATE INDEX audit_event_of_organisation ON audit_event (organisation_id, at, id);
CREATE INDEX audit_event_of_subject ON audit_event (subject_id, subject_revision);
CREATE INDEX audit_event_of_campaign ON audit_event (campaign_id, at, id);

CREATE TRIGGER audit_event_is_not_changed BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
CREATE TRIGGER audit_event_is_not_removed BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
-- INSERT OR REPLACE removes without a trigger.
CREATE TRIGGER audit_event_is_not_replaced BEFORE INSERT ON audit_event
    WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;

-- What a client makes with an idempotency key is made once.
CREATE TABLE creation (
    actor_id         BLOB NOT NULL, -- a member of staff
    idempotency_key  BLOB NOT NULL,
    subject_id       BLOB NOT NULL,
    created_at       TEXT NOT NULL,
    PRIMARY KEY (actor_id, idempotency_key)
);
CREATE INDEX creation_by_time ON creation (created_at);

-- Moves with every change of what decides on rights: processes reload by it, as campaigns by theirs.
ALTER TABLE instance ADD COLUMN access_revision INTEGER NOT NULL DEFAULT 1;
CREATE TRIGGER organisation_insert_moves_access AFTER INSERT ON organisation
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER organisation_update_moves_access AFTER UPDATE ON organisation
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER organisation_delete_moves_access AFTER DELETE ON organisation
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER membership_insert_moves_access AFTER INSERT ON membership
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER membership_update_moves_access AFTER UPDATE ON membership
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER membership_delete_moves_access AFTER DELETE ON membership
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER second_factor_insert_moves_access AFTER INSERT ON second_factor
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER second_factor_update_moves_access AFTER UPDATE OF confirmed_at ON second_factor
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER second_factor_delete_moves_access AFTER DELETE ON second_factor
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;
CREATE TRIGGER staff_update_moves_access AFTER UPDATE OF name, email, disabled_at ON staff
BEGIN UPDATE instance SET access_revision = access_revision + 1; END;

UPDATE instance SET compatible_from = 8;
