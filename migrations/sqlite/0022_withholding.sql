-- Rules that withhold votes: each names votes, says why, and is applied by a second person. Nothing is deleted: a vote
-- that a rule holds is stored as it was and does not count, and counts again when the last rule that holds it is
-- reverted.
CREATE TABLE withholding_rule (
    id                BLOB PRIMARY KEY, -- UUIDv7
    campaign_id       BLOB NOT NULL REFERENCES campaign (id),
    kind              TEXT NOT NULL CHECK (kind IN ('SELECTED', 'SIGNALS', 'PLATFORM_RISK')),
    selector          TEXT NOT NULL, -- the votes that it names, as JSON
    reason            TEXT NOT NULL, -- the public reads it once the result is out
    state             TEXT NOT NULL CHECK (state IN ('DRAFT', 'APPLIED', 'REVERTED')),
    is_active         BOOLEAN NOT NULL, -- it takes votes that are cast later, too
    proposed_votes    INTEGER NOT NULL, -- counted votes that it would have withheld when it was proposed
    needs_number      BOOLEAN NOT NULL, -- so many that whoever applies it types their number
    created_by        BLOB REFERENCES staff (id), -- none for an operator
    created_at        TEXT NOT NULL,
    approved_by       BLOB REFERENCES staff (id),
    approved_at       TEXT,
    reverted_by       BLOB REFERENCES staff (id),
    reverted_at       TEXT,
    revert_reason     TEXT,
    edit_revision     INTEGER NOT NULL DEFAULT 1,
    votes             INTEGER NOT NULL DEFAULT 0, -- that it holds now
    -- The pass over the votes that is under way, or was the last: all up to the position are done.
    pass_started_at   TEXT,
    pass_ended_at     TEXT,
    pass_voter_id     BLOB,
    pass_period       INTEGER,
    pass_nominee_id   BLOB,
    leased_until      TEXT, -- a process is at it
    CHECK (approved_by <> created_by),
    CHECK (state <> 'APPLIED' OR approved_at IS NOT NULL),
    CHECK ((state = 'REVERTED') = (reverted_at IS NOT NULL))
);
CREATE INDEX withholding_rule_of_campaign ON withholding_rule (campaign_id, created_at, id);

-- The votes that a rule holds, by their key.
CREATE TABLE withholding (
    rule_id      BLOB NOT NULL REFERENCES withholding_rule (id),
    campaign_id  BLOB NOT NULL,
    voter_id     BLOB NOT NULL,
    period       INTEGER NOT NULL,
    nominee_id   BLOB NOT NULL,
    PRIMARY KEY (rule_id, voter_id, period, nominee_id)
) WITHOUT ROWID;

-- Voters none of whose votes counts, with the nominee of their first vote: they leave the counted turnout. One who
-- votes on while rules are applied is back within a minute.
CREATE TABLE withheld_voter (
    campaign_id  BLOB NOT NULL,
    voter_id     BLOB NOT NULL,
    nominee_id   BLOB NOT NULL,
    PRIMARY KEY (campaign_id, voter_id)
) WITHOUT ROWID;
ALTER TABLE tally ADD COLUMN withheld_voters INTEGER NOT NULL DEFAULT 0; -- the part of `voters` whose votes are all withheld
