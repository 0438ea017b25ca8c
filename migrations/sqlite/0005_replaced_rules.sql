-- When the rules of a revision came into force: a recount finds a vote that was cast under rules that had been replaced
-- by then. Those recorded before this column have the time of this migration. Set by the triggers, since SQLite adds no
-- column whose default is a moment.
ALTER TABLE campaign_rules ADD COLUMN since TEXT;
UPDATE campaign_rules SET since = strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now');
DROP TRIGGER campaign_records_first_rules;
CREATE TRIGGER campaign_records_first_rules AFTER INSERT ON campaign
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote, since)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote,
        strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'));
END;
DROP TRIGGER campaign_records_rules;
CREATE TRIGGER campaign_records_rules AFTER UPDATE ON campaign WHEN OLD.rules_revision <> NEW.rules_revision
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote, since)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote,
        strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'));
END;

-- What moves to another campaign is a change of both, and a nominee's campaign decides on votes like its status and
-- category.
CREATE TRIGGER category_leaves_campaign AFTER UPDATE OF campaign_id ON category
    WHEN OLD.campaign_id <> NEW.campaign_id
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = OLD.campaign_id; END;
DROP TRIGGER nominee_moves_rules;
CREATE TRIGGER nominee_moves_rules AFTER UPDATE OF status, category_id, campaign_id ON nominee
    WHEN (OLD.status, OLD.category_id, OLD.campaign_id) IS NOT (NEW.status, NEW.category_id, NEW.campaign_id)
BEGIN UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id IN (OLD.campaign_id, NEW.campaign_id); END;
