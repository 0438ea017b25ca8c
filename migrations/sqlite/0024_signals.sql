-- What the signals found in a campaign's votes: the examination that was the last, and cases, for people to judge.
CREATE TABLE signal_examination (
    campaign_id   BLOB PRIMARY KEY REFERENCES campaign (id),
    examined_to   TEXT, -- votes up to this time were examined; none before the first examination
    examined_from TEXT, -- votes from this time on: all, unless the campaign has more than are examined at once
    took_ms       INTEGER NOT NULL DEFAULT 0,
    votes         INTEGER NOT NULL DEFAULT 0, -- that were examined
    usual         TEXT, -- the campaign's usual behaviour, which hows are measured against
    listed        TEXT, -- concentrations without a how: a list, and no case
    leased_until  TEXT -- a process is at it
);

CREATE TABLE signal_case (
    id             BLOB PRIMARY KEY, -- UUIDv7
    campaign_id    BLOB NOT NULL REFERENCES campaign (id),
    state          TEXT NOT NULL CHECK (state IN ('OPEN', 'DISMISSED')),
    is_current     BOOLEAN NOT NULL, -- the last examination found it
    alarms         TEXT NOT NULL, -- as the last examination that found it did
    found_at       TEXT NOT NULL,
    note           TEXT, -- why it was dismissed
    decided_by     BLOB REFERENCES staff (id),
    decided_at     TEXT,
    edit_revision  INTEGER NOT NULL DEFAULT 1 -- moves with decisions
);
CREATE INDEX signal_case_of_campaign ON signal_case (campaign_id, found_at, id);

-- The case that a rule was proposed from; none for a committee's own.
ALTER TABLE withholding_rule ADD COLUMN case_id BLOB REFERENCES signal_case (id);
