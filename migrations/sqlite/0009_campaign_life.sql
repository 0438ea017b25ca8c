-- What an organiser changes in a campaign, step by step (src/app/desk).
--
-- A pause: voting is open and votes are refused from this time on, until it is over.
ALTER TABLE campaign ADD COLUMN paused_at TEXT;
ALTER TABLE campaign_rules ADD COLUMN paused_at TEXT;
-- Moved by edits: two people do not overwrite each other. A campaign's is moved by changes of its categories, too.
ALTER TABLE campaign ADD COLUMN edit_revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE nominee ADD COLUMN edit_revision INTEGER NOT NULL DEFAULT 1;

-- Changes after the first vote, with the reason that the public reads.
CREATE TABLE amendment (
    id             BLOB PRIMARY KEY, -- UUIDv7
    campaign_id    BLOB NOT NULL REFERENCES campaign (id),
    at             TEXT NOT NULL,
    subject_label  TEXT NOT NULL, -- the campaign's title, a category's or a nominee's name
    changes        TEXT NOT NULL CHECK (json_valid(changes) AND json_type(changes) = 'array'),
    reason         TEXT NOT NULL
);
CREATE INDEX amendment_of_campaign ON amendment (campaign_id, at, id);

DROP TRIGGER campaign_bumps_rules;
CREATE TRIGGER campaign_bumps_rules AFTER UPDATE ON campaign
    WHEN OLD.rules_revision = NEW.rules_revision
        AND (OLD.lifecycle, OLD.time_zone, OLD.voting_opens_at, OLD.voting_closes_at, OLD.quota_period, OLD.quota_scope,
            OLD.votes_per_period, OLD.guests_may_vote, OLD.paused_at)
        IS NOT (NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at, NEW.quota_period,
            NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.paused_at)
BEGIN UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id = NEW.id; END;
DROP TRIGGER campaign_records_first_rules;
CREATE TRIGGER campaign_records_first_rules AFTER INSERT ON campaign
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote, paused_at, since)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.paused_at,
        strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'));
END;
DROP TRIGGER campaign_records_rules;
CREATE TRIGGER campaign_records_rules AFTER UPDATE ON campaign WHEN OLD.rules_revision <> NEW.rules_revision
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote, paused_at, since)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.paused_at,
        strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'));
END;
-- Programs older than this count votes that are cast in a pause.
UPDATE instance SET compatible_from = 9;
