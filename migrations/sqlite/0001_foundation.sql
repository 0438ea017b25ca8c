-- The tables of a campaign that people can vote in. The same tables and columns exist in ../postgres; keys may differ
-- where a comment says so. Integers are INTEGER everywhere, times are UTC with microseconds, enums are text.
--
-- Times are compared as texts, so each moment has one spelling, the one that sqlx binds: RFC 3339 with `T` and `+00:00`,
-- and a fraction of 0, 3, 6 or 9 digits that is not longer than it need be. A CHECK holds it where other tools may write.

-- One row: names this installation, so that several of them can share one Redis without meeting.
CREATE TABLE instance (
    singleton   BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (singleton),
    id          BLOB NOT NULL,
    created_at  TEXT NOT NULL
);

CREATE TABLE campaign (
    id                BLOB PRIMARY KEY,
    slug              TEXT NOT NULL UNIQUE,
    title             TEXT NOT NULL,
    summary           TEXT NOT NULL,
    cover_url         TEXT,
    time_zone         TEXT NOT NULL, -- IANA name; the days of the quota turn in it
    lifecycle         TEXT NOT NULL CHECK (lifecycle IN ('DRAFT', 'RUNNING', 'PUBLISHED', 'ARCHIVED')),
    voting_opens_at   TEXT NOT NULL,
    voting_closes_at  TEXT NOT NULL,
    quota_period      TEXT NOT NULL CHECK (quota_period IN ('DAY', 'CAMPAIGN')),
    quota_scope       TEXT NOT NULL CHECK (quota_scope IN ('CAMPAIGN', 'CATEGORY')),
    votes_per_period  INTEGER NOT NULL CHECK (votes_per_period BETWEEN 1 AND 1000),
    tally_visibility  TEXT NOT NULL CHECK (tally_visibility IN ('LIVE', 'AFTER_CLOSE', 'STAFF_ONLY')),
    guests_may_vote   BOOLEAN NOT NULL,
    revision          INTEGER NOT NULL DEFAULT 1, -- moved by the triggers below; processes reload what changed
    created_at        TEXT NOT NULL,
    CHECK (voting_opens_at < voting_closes_at),
    CHECK (voting_opens_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*+00:00'
        AND length(voting_opens_at) IN (25, 29, 32, 35) AND voting_opens_at NOT GLOB '*000+00:00' AND voting_opens_at NOT GLOB '*[^-+0-9T:.]*'
        AND (length(voting_opens_at) = 25 OR voting_opens_at GLOB '*:[0-9][0-9].[0-9][0-9][0-9]*')),
    CHECK (voting_closes_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*+00:00'
        AND length(voting_closes_at) IN (25, 29, 32, 35) AND voting_closes_at NOT GLOB '*000+00:00' AND voting_closes_at NOT GLOB '*[^-+0-9T:.]*'
        AND (length(voting_closes_at) = 25 OR voting_closes_at GLOB '*:[0-9][0-9].[0-9][0-9][0-9]*'))
);
CREATE INDEX campaign_by_opening ON campaign (voting_opens_at, id);

CREATE TABLE category (
    id              BLOB PRIMARY KEY,
    campaign_id     BLOB NOT NULL REFERENCES campaign (id),
    key             TEXT NOT NULL,
    name            TEXT NOT NULL,
    shortlist_size  INTEGER NOT NULL CHECK (shortlist_size > 0),
    position        INTEGER NOT NULL,
    UNIQUE (campaign_id, key)
);

CREATE TABLE nominee (
    id            BLOB PRIMARY KEY,
    campaign_id   BLOB NOT NULL REFERENCES campaign (id),
    category_id   BLOB NOT NULL REFERENCES category (id),
    number        INTEGER NOT NULL CHECK (number > 0),
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
CREATE TRIGGER category_insert_bumps AFTER INSERT ON category
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = NEW.campaign_id; END;
CREATE TRIGGER category_update_bumps AFTER UPDATE ON category
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = NEW.campaign_id; END;
CREATE TRIGGER category_delete_bumps AFTER DELETE ON category
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = OLD.campaign_id; END;
CREATE TRIGGER nominee_insert_bumps AFTER INSERT ON nominee
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = NEW.campaign_id; END;
CREATE TRIGGER nominee_update_bumps AFTER UPDATE ON nominee
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = NEW.campaign_id; END;
CREATE TRIGGER nominee_delete_bumps AFTER DELETE ON nominee
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = OLD.campaign_id; END;
CREATE TRIGGER campaign_update_bumps AFTER UPDATE ON campaign WHEN OLD.revision = NEW.revision
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = NEW.id; END;

-- A story is visible from published_at on; the feed is read by (published_at, id), newest first.
CREATE TABLE story (
    id            BLOB PRIMARY KEY,
    campaign_id   BLOB NOT NULL REFERENCES campaign (id),
    category_id   BLOB REFERENCES category (id), -- the nominee's: a category's feed is one index range
    nominee_id    BLOB REFERENCES nominee (id),
    title         TEXT NOT NULL,
    summary       TEXT NOT NULL,
    body          TEXT NOT NULL, -- Markdown
    cover_url     TEXT,
    media         TEXT NOT NULL CHECK (json_valid(media) AND json_type(media) = 'array'),
    published_at  TEXT NOT NULL,
    CHECK (published_at GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*+00:00'
        AND length(published_at) IN (25, 29, 32, 35) AND published_at NOT GLOB '*000+00:00' AND published_at NOT GLOB '*[^-+0-9T:.]*'
        AND (length(published_at) = 25 OR published_at GLOB '*:[0-9][0-9].[0-9][0-9][0-9]*'))
);
CREATE INDEX story_feed ON story (published_at, id);
CREATE INDEX story_feed_of_campaign ON story (campaign_id, published_at, id);
CREATE INDEX story_feed_of_category ON story (category_id, published_at, id);
CREATE INDEX story_feed_of_nominee ON story (nominee_id, published_at, id);

-- One row a vote. There is one writing connection, so the count of slots is free of races and one key is enough (each
-- further one slows every vote). On PostgreSQL the slot, the retry key and the first vote are keys too.
CREATE TABLE vote (
    campaign_id      BLOB NOT NULL,
    scope_id         BLOB NOT NULL, -- the category's or the campaign's id, as the campaign's rules say
    voter_id         BLOB NOT NULL,
    period           INTEGER NOT NULL, -- day number in the campaign's time zone, or 0 for the whole campaign
    slot             INTEGER NOT NULL CHECK (slot > 0), -- 1 to the quota
    nominee_id       BLOB NOT NULL,
    id               BLOB NOT NULL,
    idempotency_key  BLOB,
    cast_at          TEXT NOT NULL,
    is_first         BOOLEAN NOT NULL, -- the voter's first vote of this campaign: turnout is their count
    network_hash     BLOB, -- keyed hashes, for the rules that withhold suspect votes
    device_hash      BLOB,
    withheld_by      INTEGER NOT NULL DEFAULT 0 CHECK (withheld_by >= 0), -- rules that hold it back; it counts at 0
    PRIMARY KEY (campaign_id, voter_id, period, nominee_id)
) WITHOUT ROWID;

-- Totals a nominee, moved in the votes' own transaction. A campaign's version is the sum of its revisions.
CREATE TABLE tally (
    campaign_id  BLOB NOT NULL,
    nominee_id   BLOB NOT NULL,
    counted      INTEGER NOT NULL DEFAULT 0,
    withheld     INTEGER NOT NULL DEFAULT 0,
    voters       INTEGER NOT NULL DEFAULT 0, -- voters whose first vote went to this nominee
    revision     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, nominee_id)
);

CREATE TABLE subject_like (
    voter_id     BLOB NOT NULL,
    subject_id   BLOB NOT NULL, -- a nominee or a story
    campaign_id  BLOB NOT NULL,
    liked_at     TEXT NOT NULL,
    PRIMARY KEY (voter_id, subject_id)
);

CREATE TABLE subject_counter (
    subject_id   BLOB PRIMARY KEY,
    campaign_id  BLOB NOT NULL,
    likes        INTEGER NOT NULL DEFAULT 0,
    views        INTEGER NOT NULL DEFAULT 0
);

-- Batches of view counts that have been applied: one whose answer was lost is tried again and adds nothing.
CREATE TABLE counter_batch (
    id          BLOB PRIMARY KEY,
    applied_at  TEXT NOT NULL
);

CREATE TABLE voter (
    id             BLOB PRIMARY KEY,
    identity_hash  BLOB NOT NULL UNIQUE, -- HMAC of platform and openid, or of a guest's device id
    is_guest       BOOLEAN NOT NULL,
    created_at     TEXT NOT NULL
);

CREATE TABLE staff (
    id             BLOB PRIMARY KEY,
    email          TEXT NOT NULL UNIQUE, -- lower case
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL, -- argon2id, PHC string
    disabled_at    TEXT,
    created_at     TEXT NOT NULL
);

-- Failed staff sign-ins by keyed hash of account, and of account and network: known and unknown accounts alike.
CREATE TABLE sign_in_failure (
    key_hash      BLOB PRIMARY KEY,
    failures      INTEGER NOT NULL,
    last_at       TEXT NOT NULL,
    locked_until  TEXT
);

-- A session is a family of refresh tokens, each used once.
CREATE TABLE session (
    id          BLOB PRIMARY KEY,
    subject_id  BLOB NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('VOTER', 'STAFF')),
    is_guest    BOOLEAN NOT NULL,
    created_at  TEXT NOT NULL,
    revoked_at  TEXT
);
CREATE TABLE refresh_token (
    token_hash  BLOB PRIMARY KEY,
    session_id  BLOB NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    expires_at  TEXT NOT NULL,
    used_at     TEXT
);
CREATE INDEX refresh_token_by_session ON refresh_token (session_id);
CREATE INDEX refresh_token_by_expiry ON refresh_token (expires_at);
