-- The tables of a campaign that people can vote in. The same tables and columns exist in ../sqlite; keys may differ
-- where a comment says so. Integers are BIGINT everywhere, times are UTC with microseconds, enums are text.

-- One row: names this installation, so that several of them can share one Redis without meeting.
CREATE TABLE instance (
    singleton   BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (singleton),
    id          UUID NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE campaign (
    id                UUID PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    title             TEXT NOT NULL,
    summary           TEXT NOT NULL,
    cover_url         TEXT,
    time_zone         TEXT NOT NULL CHECK (timezone(time_zone, TIMESTAMPTZ '2000-01-01 00:00Z') IS NOT NULL), -- IANA name; the
                      -- days of the quota turn in it. An unknown zone is an error of `timezone`, whoever writes it
    lifecycle         TEXT NOT NULL CHECK (lifecycle IN ('DRAFT', 'RUNNING', 'PUBLISHED', 'ARCHIVED')),
    voting_opens_at   TIMESTAMPTZ NOT NULL,
    voting_closes_at  TIMESTAMPTZ NOT NULL,
    quota_period      TEXT NOT NULL CHECK (quota_period IN ('DAY', 'CAMPAIGN')),
    quota_scope       TEXT NOT NULL CHECK (quota_scope IN ('CAMPAIGN', 'CATEGORY')),
    votes_per_period  BIGINT NOT NULL CHECK (votes_per_period BETWEEN 1 AND 1000),
    tally_visibility  TEXT NOT NULL CHECK (tally_visibility IN ('LIVE', 'AFTER_CLOSE', 'STAFF_ONLY')),
    guests_may_vote   BOOLEAN NOT NULL,
    revision          BIGINT NOT NULL DEFAULT 1, -- moved by the triggers below; processes reload what changed
    created_at        TIMESTAMPTZ NOT NULL,
    CHECK (voting_opens_at < voting_closes_at)
);
CREATE INDEX campaign_by_opening ON campaign (voting_opens_at, id);

CREATE TABLE category (
    id              UUID PRIMARY KEY,
    campaign_id     UUID NOT NULL REFERENCES campaign (id),
    key             TEXT NOT NULL,
    name            TEXT NOT NULL,
    shortlist_size  BIGINT NOT NULL CHECK (shortlist_size > 0),
    position        BIGINT NOT NULL,
    UNIQUE (campaign_id, key)
);

CREATE TABLE nominee (
    id            UUID PRIMARY KEY,
    campaign_id   UUID NOT NULL REFERENCES campaign (id),
    category_id   UUID NOT NULL REFERENCES category (id),
    number        BIGINT NOT NULL CHECK (number > 0),
    name          TEXT NOT NULL,
    employer      TEXT NOT NULL,
    city          TEXT,
    title         TEXT,
    summary       TEXT NOT NULL,
    portrait_url  TEXT,
    status        TEXT NOT NULL CHECK (status IN ('ACTIVE', 'FROZEN', 'WITHDRAWN')),
    UNIQUE (campaign_id, number)
);

-- Any change to what a campaign consists of moves its revision, whoever makes it.
CREATE FUNCTION bump_campaign_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET revision = revision + 1 WHERE id = COALESCE(NEW.campaign_id, OLD.campaign_id);
    RETURN NULL;
END $$;
CREATE TRIGGER category_bumps_campaign AFTER INSERT OR UPDATE OR DELETE ON category
    FOR EACH ROW EXECUTE FUNCTION bump_campaign_revision();
CREATE TRIGGER nominee_bumps_campaign AFTER INSERT OR UPDATE OR DELETE ON nominee
    FOR EACH ROW EXECUTE FUNCTION bump_campaign_revision();
CREATE FUNCTION bump_own_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.revision := OLD.revision + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_bumps_itself BEFORE UPDATE ON campaign
    FOR EACH ROW WHEN (OLD.revision = NEW.revision) EXECUTE FUNCTION bump_own_revision();

-- A story is visible from published_at on; the feed is read by (published_at, id), newest first.
CREATE TABLE story (
    id            UUID PRIMARY KEY,
    campaign_id   UUID NOT NULL REFERENCES campaign (id),
    category_id   UUID REFERENCES category (id), -- the nominee's: a category's feed is one index range
    nominee_id    UUID REFERENCES nominee (id),
    title         TEXT NOT NULL,
    summary       TEXT NOT NULL,
    body          TEXT NOT NULL, -- Markdown
    cover_url     TEXT,
    media         JSONB NOT NULL CHECK (jsonb_typeof(media) = 'array'),
    published_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX story_feed ON story (published_at, id);
CREATE INDEX story_feed_of_campaign ON story (campaign_id, published_at, id);
CREATE INDEX story_feed_of_category ON story (category_id, published_at, id);
CREATE INDEX story_feed_of_nominee ON story (nominee_id, published_at, id);

-- One row a vote. The keys are the quota: a slot is taken once, a nominee once a period, a retry never counts again.
-- Every key contains the voter, so the table can be spread by it. Voters are subjects of tokens: no foreign keys here.
CREATE TABLE vote (
    campaign_id      UUID NOT NULL,
    scope_id         UUID NOT NULL, -- the category's or the campaign's id, as the campaign's rules say
    voter_id         UUID NOT NULL,
    period           BIGINT NOT NULL, -- day number in the campaign's time zone, or 0 for the whole campaign
    slot             BIGINT NOT NULL CHECK (slot > 0), -- 1 to the quota
    nominee_id       UUID NOT NULL,
    id               UUID NOT NULL,
    idempotency_key  UUID,
    cast_at          TIMESTAMPTZ NOT NULL,
    is_first         BOOLEAN NOT NULL, -- the voter's first vote of this campaign: turnout is their count
    network_hash     BYTEA, -- keyed hashes, for the rules that withhold suspect votes
    device_hash      BYTEA,
    withheld_by      BIGINT NOT NULL DEFAULT 0 CHECK (withheld_by >= 0), -- rules that hold it back; it counts at 0
    PRIMARY KEY (campaign_id, scope_id, voter_id, period, slot)
);
CREATE UNIQUE INDEX vote_once_per_nominee ON vote (campaign_id, voter_id, period, nominee_id);
-- A retry that crosses the turn of the day on another process finds its first attempt here.
CREATE UNIQUE INDEX vote_once_per_key ON vote (campaign_id, voter_id, nominee_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX vote_first_of_voter ON vote (campaign_id, voter_id) WHERE is_first;

-- Totals a nominee, moved in the votes' own transaction. A campaign's version is the sum of its revisions.
CREATE TABLE tally (
    campaign_id  UUID NOT NULL,
    nominee_id   UUID NOT NULL,
    counted      BIGINT NOT NULL DEFAULT 0,
    withheld     BIGINT NOT NULL DEFAULT 0,
    voters       BIGINT NOT NULL DEFAULT 0, -- voters whose first vote went to this nominee
    revision     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, nominee_id)
);
ALTER TABLE tally SET (fillfactor = 50); -- updated by every batch: keep room for in-page versions

CREATE TABLE subject_like (
    voter_id     UUID NOT NULL,
    subject_id   UUID NOT NULL, -- a nominee or a story
    campaign_id  UUID NOT NULL,
    liked_at     TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (voter_id, subject_id)
);

CREATE TABLE subject_counter (
    subject_id   UUID PRIMARY KEY,
    campaign_id  UUID NOT NULL,
    likes        BIGINT NOT NULL DEFAULT 0,
    views        BIGINT NOT NULL DEFAULT 0
);
ALTER TABLE subject_counter SET (fillfactor = 50);

-- Batches of view counts that have been applied: one whose answer was lost is tried again and adds nothing.
CREATE TABLE counter_batch (
    id          UUID PRIMARY KEY,
    applied_at  TIMESTAMPTZ NOT NULL
);

CREATE TABLE voter (
    id             UUID PRIMARY KEY,
    identity_hash  BYTEA NOT NULL UNIQUE, -- HMAC of platform and openid, or of a guest's device id
    is_guest       BOOLEAN NOT NULL,
    created_at     TIMESTAMPTZ NOT NULL
);

CREATE TABLE staff (
    id             UUID PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE, -- lower case
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL, -- argon2id, PHC string
    disabled_at    TIMESTAMPTZ,
    created_at     TIMESTAMPTZ NOT NULL
);

-- Failed staff sign-ins by keyed hash of account, and of account and network: known and unknown accounts alike.
CREATE TABLE sign_in_failure (
    key_hash      BYTEA PRIMARY KEY,
    failures      BIGINT NOT NULL,
    last_at       TIMESTAMPTZ NOT NULL,
    locked_until  TIMESTAMPTZ
);

-- A session is a family of refresh tokens, each used once.
CREATE TABLE session (
    id          UUID PRIMARY KEY,
    subject_id  UUID NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('VOTER', 'STAFF')),
    is_guest    BOOLEAN NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    revoked_at  TIMESTAMPTZ
);
CREATE TABLE refresh_token (
    token_hash  BYTEA PRIMARY KEY,
    session_id  UUID NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    expires_at  TIMESTAMPTZ NOT NULL,
    used_at     TIMESTAMPTZ
);
CREATE INDEX refresh_token_by_session ON refresh_token (session_id);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);
