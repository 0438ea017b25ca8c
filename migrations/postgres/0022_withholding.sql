-- Rules that withhold votes: each names votes, says why, and is applied by a second person. Nothing is deleted: a vote
-- that a rule holds is stored as it was and does not count, and counts again when the last rule that holds it is
-- reverted.
CREATE TABLE withholding_rule (
    id                UUID PRIMARY KEY, -- UUIDv7
    campaign_id       UUID NOT NULL REFERENCES campaign (id),
    kind              TEXT NOT NULL CHECK (kind IN ('SELECTED', 'SIGNALS', 'PLATFORM_RISK')),
    selector          JSONB NOT NULL, -- the votes that it names, as JSON
    reason            TEXT NOT NULL, -- the public reads it once the result is out
    state             TEXT NOT NULL CHECK (state IN ('DRAFT', 'APPLIED', 'REVERTED')),
    is_active         BOOLEAN NOT NULL, -- it takes votes that are cast later, too
    proposed_votes    BIGINT NOT NULL, -- counted votes that it would have withheld when it was proposed
    needs_number      BOOLEAN NOT NULL, -- so many that whoever applies it types their number
    created_by        UUID REFERENCES staff (id), -- none for an operator
    created_at        TIMESTAMPTZ NOT NULL,
    approved_by       UUID REFERENCES staff (id),
    approved_at       TIMESTAMPTZ,
    reverted_by       UUID REFERENCES staff (id),
    reverted_at       TIMESTAMPTZ,
    revert_reason     TEXT,
    edit_revision     BIGINT NOT NULL DEFAULT 1,
    votes             BIGINT NOT NULL DEFAULT 0, -- that it holds now
    -- The pass over the votes that is under way, or was the last: all up to the position are done.
    pass_started_at   TIMESTAMPTZ,
    pass_ended_at     TIMESTAMPTZ,
    pass_voter_id     UUID,
    pass_period       BIGINT,
    pass_nominee_id   UUID,
    leased_until      TIMESTAMPTZ, -- a process is at it
    CHECK (approved_by <> created_by),
    CHECK (state <> 'APPLIED' OR approved_at IS NOT NULL),
    CHECK ((state = 'REVERTED') = (reverted_at IS NOT NULL))
);
CREATE INDEX withholding_rule_of_campaign ON withholding_rule (campaign_id, created_at, id);

-- The votes that a rule holds, by their key.
CREATE TABLE withholding (
    rule_id      UUID NOT NULL REFERENCES withholding_rule (id),
    campaign_id  UUID NOT NULL,
    voter_id     UUID NOT NULL,
    period       BIGINT NOT NULL,
    nominee_id   UUID NOT NULL,
    PRIMARY KEY (rule_id, voter_id, period, nominee_id)
);

-- Voters none of whose votes counts, with the nominee of their first vote: they leave the counted turnout. One who
-- votes on while rules are applied is back within a minute.
CREATE TABLE withheld_voter (
    campaign_id  UUID NOT NULL,
    voter_id     UUID NOT NULL,
    nominee_id   UUID NOT NULL,
    PRIMARY KEY (campaign_id, voter_id)
);
ALTER TABLE tally ADD COLUMN withheld_voters BIGINT NOT NULL DEFAULT 0; -- the part of `voters` whose votes are all withheld
