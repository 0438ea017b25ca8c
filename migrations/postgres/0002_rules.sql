-- Rules with a history: each change of what decides on a vote is a revision of its own, and every vote carries the
-- one it was admitted under. A batch of votes compares revisions with the campaign's, so a freeze, a closing or an
-- amendment holds for every batch that begins after its commit; and a recount can tell an honest vote under an
-- earlier quota from one too many.
ALTER TABLE campaign ADD COLUMN rules_revision BIGINT NOT NULL DEFAULT 1; -- moved by the triggers below
ALTER TABLE vote ADD COLUMN rules_revision BIGINT NOT NULL DEFAULT 1;

CREATE TABLE campaign_rules (
    campaign_id       UUID NOT NULL REFERENCES campaign (id),
    rules_revision    BIGINT NOT NULL,
    lifecycle         TEXT NOT NULL,
    time_zone         TEXT NOT NULL,
    voting_opens_at   TIMESTAMPTZ NOT NULL,
    voting_closes_at  TIMESTAMPTZ NOT NULL,
    quota_period      TEXT NOT NULL,
    quota_scope       TEXT NOT NULL,
    votes_per_period  BIGINT NOT NULL,
    guests_may_vote   BOOLEAN NOT NULL,
    PRIMARY KEY (campaign_id, rules_revision)
);

CREATE FUNCTION bump_rules_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.rules_revision := OLD.rules_revision + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_bumps_rules BEFORE UPDATE ON campaign FOR EACH ROW
    WHEN (OLD.rules_revision = NEW.rules_revision
        AND (OLD.lifecycle, OLD.time_zone, OLD.voting_opens_at, OLD.voting_closes_at, OLD.quota_period, OLD.quota_scope,
            OLD.votes_per_period, OLD.guests_may_vote)
        IS DISTINCT FROM (NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at, NEW.quota_period,
            NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote))
    EXECUTE FUNCTION bump_rules_revision();

CREATE FUNCTION record_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote);
    RETURN NULL;
END $$;
CREATE TRIGGER campaign_records_first_rules AFTER INSERT ON campaign
    FOR EACH ROW EXECUTE FUNCTION record_rules();
CREATE TRIGGER campaign_records_rules AFTER UPDATE ON campaign
    FOR EACH ROW WHEN (OLD.rules_revision <> NEW.rules_revision) EXECUTE FUNCTION record_rules();
INSERT INTO campaign_rules SELECT id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
    quota_period, quota_scope, votes_per_period, guests_may_vote FROM campaign;

-- Once a statement, however many rows it changes: a row at a time an import would write its campaign's row as often.
DROP TRIGGER category_bumps_campaign ON category;
DROP TRIGGER nominee_bumps_campaign ON nominee;
DROP FUNCTION bump_campaign_revision;
CREATE FUNCTION bump_campaign_revisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET revision = revision + 1 WHERE id IN (SELECT campaign_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER category_inserted AFTER INSERT ON category REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions();
CREATE TRIGGER category_updated AFTER UPDATE ON category REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions();
CREATE TRIGGER category_deleted AFTER DELETE ON category REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions();
CREATE TRIGGER nominee_inserted AFTER INSERT ON nominee REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions();
CREATE TRIGGER nominee_updated AFTER UPDATE ON nominee REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions();
CREATE TRIGGER nominee_deleted AFTER DELETE ON nominee REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions();

-- A nominee's status and category decide on votes, its texts do not.
CREATE FUNCTION bump_rules_of_nominees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id IN (
        SELECT n.campaign_id FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE (n.status, n.category_id) IS DISTINCT FROM (o.status, o.category_id));
    RETURN NULL;
END $$;
CREATE TRIGGER nominee_moves_rules AFTER UPDATE ON nominee REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION bump_rules_of_nominees();
CREATE FUNCTION bump_rules_of_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id IN (SELECT campaign_id FROM changed);
    RETURN NULL;
END $$;
CREATE TRIGGER nominee_deletion_moves_rules AFTER DELETE ON nominee REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION bump_rules_of_deleted();
