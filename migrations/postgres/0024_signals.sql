-- What the signals found in a campaign's votes: the examination that was the last, and cases, for people to judge.
CREATE TABLE signal_examination (
    campaign_id   UUID PRIMARY KEY REFERENCES campaign (id),
    examined_to   TIMESTAMPTZ, -- votes up to this time were examined; none before the first examination
    examined_from TIMESTAMPTZ, -- votes from this time on: all, unless the campaign has more than are examined at once
    took_ms       BIGINT NOT NULL DEFAULT 0,
    votes         BIGINT NOT NULL DEFAULT 0, -- that were examined
    usual         JSONB, -- the campaign's usual behaviour, which hows are measured against
    listed        JSONB, -- concentrations without a how: a list, and no case
    leased_until  TIMESTAMPTZ -- a process is at it
);

CREATE TABLE signal_case (
    id             UUID PRIMARY KEY, -- UUIDv7
    campaign_id    UUID NOT NULL REFERENCES campaign (id),
    state          TEXT NOT NULL CHECK (state IN ('OPEN', 'DISMISSED')),
    is_current     BOOLEAN NOT NULL, -- the last examination found it
    alarms         JSONB NOT NULL, -- as the last examination that found it did
    found_at       TIMESTAMPTZ NOT NULL,
    note           TEXT, -- why it was dismissed
    decided_by     UUID REFERENCES staff (id),
    decided_at     TIMESTAMPTZ,
    edit_revision  BIGINT NOT NULL DEFAULT 1 -- moves with decisions
);
CREATE INDEX signal_case_of_campaign ON signal_case (campaign_id, found_at, id);

-- The case that a rule was proposed from; none for a committee's own.
ALTER TABLE withholding_rule ADD COLUMN case_id UUID REFERENCES signal_case (id);
