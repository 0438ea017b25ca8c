-- Organisations: several share a server, and none sees what another prepares. A member's role says what it may do
-- (src/domain/access.rs). Programs older than this showed every draft to all staff.
CREATE TABLE organisation (
    id                      UUID PRIMARY KEY,
    slug                    TEXT NOT NULL UNIQUE,
    name                    TEXT NOT NULL,
    requires_second_factor  BOOLEAN NOT NULL DEFAULT FALSE, -- of its owners
    edit_revision           BIGINT NOT NULL DEFAULT 1, -- moved by edits: two people do not overwrite each other
    created_at              TIMESTAMPTZ NOT NULL
);

CREATE TABLE membership (
    organisation_id  UUID NOT NULL REFERENCES organisation (id),
    staff_id         UUID NOT NULL REFERENCES staff (id),
    role             TEXT NOT NULL CHECK (role IN ('OWNER', 'ORGANISER', 'EDITOR', 'AUDITOR')),
    created_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (organisation_id, staff_id)
);
CREATE INDEX membership_by_staff ON membership (staff_id);

-- What there was belongs to an organisation of its own, and its staff, who answered for all of it, are its owners.
INSERT INTO organisation (id, slug, name, created_at)
SELECT gen_random_uuid(), 'default', 'default', now()
WHERE EXISTS (SELECT 1 FROM campaign) OR EXISTS (SELECT 1 FROM staff);
INSERT INTO membership (organisation_id, staff_id, role, created_at)
SELECT o.id, s.id, 'OWNER', now() FROM organisation o CROSS JOIN staff s;
ALTER TABLE campaign ADD COLUMN organisation_id UUID REFERENCES organisation (id);
UPDATE campaign SET organisation_id = (SELECT id FROM organisation);
ALTER TABLE campaign ALTER COLUMN organisation_id SET NOT NULL;
CREATE INDEX campaign_by_organisation ON campaign (organisation_id);

-- An invitation is a link that is good once. Only a keyed hash of its secret is kept.
CREATE TABLE invitation (
    id               UUID PRIMARY KEY,
    organisation_id  UUID NOT NULL REFERENCES organisation (id),
    email            TEXT NOT NULL, -- lower case
    role             TEXT NOT NULL CHECK (role IN ('OWNER', 'ORGANISER', 'EDITOR', 'AUDITOR')),
    token_hash       BYTEA NOT NULL UNIQUE,
    created_at       TIMESTAMPTZ NOT NULL,
    expires_at       TIMESTAMPTZ NOT NULL,
    accepted_at      TIMESTAMPTZ,
    revoked_at       TIMESTAMPTZ
);
CREATE INDEX invitation_of_organisation ON invitation (organisation_id, created_at);

-- A second factor: a shared secret (RFC 6238), sealed with a key of the program. Until it is confirmed it is not asked
-- for. Each step of 30 seconds is good once.
CREATE TABLE second_factor (
    staff_id       UUID PRIMARY KEY REFERENCES staff (id),
    sealed_secret  BYTEA NOT NULL,
    last_step      BIGINT NOT NULL DEFAULT 0,
    confirmed_at   TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL
);
CREATE TABLE recovery_code (
    staff_id   UUID NOT NULL REFERENCES staff (id),
    code_hash  BYTEA NOT NULL, -- keyed
    used_at    TIMESTAMPTZ,
    PRIMARY KEY (staff_id, code_hash)
);

-- What was done, by whom. An event is stored in the transaction of the change that it tells of, and stays as it is.
CREATE TABLE audit_event (
    id                UUID PRIMARY KEY, -- UUIDv7
    at                TIMESTAMPTZ NOT NULL,
    organisation_id   UUID NOT NULL REFERENCES organisation (id),
    campaign_id       UUID, -- it may be a draft that was deleted
    actor_kind        TEXT NOT NULL CHECK (actor_kind IN ('STAFF', 'OPERATOR', 'CLOCK')),
    actor_id          UUID,
    actor_name        TEXT NOT NULL,
    actor_role        TEXT CHECK (actor_role IN ('OWNER', 'ORGANISER', 'EDITOR', 'AUDITOR')),
    action            TEXT NOT NULL, -- noun.verb
    subject_kind      TEXT NOT NULL,
    subject_id        UUID NOT NULL,
    subject_label     TEXT NOT NULL,
    subject_revision  BIGINT, -- the subject's edit_revision after the change
    changes           JSONB NOT NULL CHECK (jsonb_typeof(changes) = 'array'),
    reason            TEXT,
    request_id        TEXT,
    network_hash      BYTEA, -- keyed
    once_key          BYTEA UNIQUE, -- of refused attempts: one an actor, action, subject and hour
    CHECK ((actor_kind = 'STAFF') = (actor_id IS NOT NULL))
);
CREATE INDEX audit_event_of_organisation ON audit_event (organisation_id, at, id);
CREATE INDEX audit_event_of_subject ON audit_event (subject_id, subject_revision);
CREATE INDEX audit_event_of_campaign ON audit_event (campaign_id, at, id);

CREATE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or removed';
END $$;
CREATE TRIGGER audit_event_stays BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER audit_event_is_not_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();

-- What a client makes with an idempotency key is made once.
CREATE TABLE creation (
    actor_id         UUID NOT NULL, -- a member of staff
    idempotency_key  UUID NOT NULL,
    subject_id       UUID NOT NULL,
    created_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (actor_id, idempotency_key)
);
CREATE INDEX creation_by_time ON creation (created_at);

-- Moves with every change of what decides on rights: processes reload by it, as campaigns by theirs.
ALTER TABLE instance ADD COLUMN access_revision BIGINT NOT NULL DEFAULT 1;
CREATE FUNCTION bump_access_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE instance SET access_revision = access_revision + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER organisation_moves_access AFTER INSERT OR UPDATE OR DELETE ON organisation
    FOR EACH STATEMENT EXECUTE FUNCTION bump_access_revision();
CREATE TRIGGER membership_moves_access AFTER INSERT OR UPDATE OR DELETE ON membership
    FOR EACH STATEMENT EXECUTE FUNCTION bump_access_revision();
CREATE TRIGGER second_factor_moves_access AFTER INSERT OR UPDATE OF confirmed_at OR DELETE ON second_factor
    FOR EACH STATEMENT EXECUTE FUNCTION bump_access_revision();
CREATE TRIGGER staff_moves_access AFTER UPDATE OF name, email, disabled_at ON staff
    FOR EACH STATEMENT EXECUTE FUNCTION bump_access_revision();

UPDATE instance SET compatible_from = 8;
