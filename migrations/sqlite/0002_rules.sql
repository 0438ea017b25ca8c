-- Rules with a history: each change of what decides on a vote is a revision of its own, and every vote carries the
-- one it was admitted under. A batch of votes compares revisions with the campaign's, so a freeze, a closing or an
-- amendment holds for every batch that begins after its commit; and a recount can tell an honest vote under an
-- earlier quota from one too many.
ALTER TABLE campaign ADD COLUMN rules_revision INTEGER NOT NULL DEFAULT 1; -- moved by the triggers below
ALTER TABLE vote ADD COLUMN rules_revision INTEGER NOT NULL DEFAULT 1;

CREATE TABLE campaign_rules (
    campaign_id       BLOB NOT NULL REFERENCES campaign (id),
    rules_revision    INTEGER NOT NULL,
    lifecycle         TEXT NOT NULL,
    time_zone         TEXT NOT NULL,
    voting_opens_at   TEXT NOT NULL,
    voting_closes_at  TEXT NOT NULL,
    quota_period      TEXT NOT NULL,
    quota_scope       TEXT NOT NULL,
    votes_per_period  INTEGER NOT NULL,
    guests_may_vote   BOOLEAN NOT NULL,
    PRIMARY KEY (campaign_id, rules_revision)
);

CREATE TRIGGER campaign_bumps_rules AFTER UPDATE ON campaign
    WHEN OLD.rules_revision = NEW.rules_revision
        AND (OLD.lifecycle, OLD.time_zone, OLD.voting_opens_at, OLD.voting_closes_at, OLD.quota_period, OLD.quota_scope,
            OLD.votes_per_period, OLD.guests_may_vote)
        IS NOT (NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at, NEW.quota_period,
            NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote)
BEGIN UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id = NEW.id; END;
CREATE TRIGGER campaign_records_first_rules AFTER INSERT ON campaign
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote);
END;
CREATE TRIGGER campaign_records_rules AFTER UPDATE ON campaign WHEN OLD.rules_revision <> NEW.rules_revision
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote);
END;
INSERT INTO campaign_rules SELECT id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
    quota_period, quota_scope, votes_per_period, guests_may_vote FROM campaign;

-- A nominee's status and category decide on votes, its texts do not.
CREATE TRIGGER nominee_moves_rules AFTER UPDATE OF status, category_id ON nominee
    WHEN (OLD.status, OLD.category_id) IS NOT (NEW.status, NEW.category_id)
BEGIN UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id = NEW.campaign_id; END;
CREATE TRIGGER nominee_deletion_moves_rules AFTER DELETE ON nominee
BEGIN UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id = OLD.campaign_id; END;
