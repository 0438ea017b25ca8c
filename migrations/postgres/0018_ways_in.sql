-- The ways in that a campaign admits beside a guest's, as names with a space between; and codes that
-- lead a voter from one program to another.
ALTER TABLE campaign ADD COLUMN admits TEXT NOT NULL DEFAULT 'WECHAT_MINI_PROGRAM' CHECK (admits <> '');
ALTER TABLE campaign_rules ADD COLUMN admits TEXT NOT NULL DEFAULT 'WECHAT_MINI_PROGRAM';

DROP TRIGGER campaign_bumps_rules ON campaign;
CREATE TRIGGER campaign_bumps_rules BEFORE UPDATE ON campaign FOR EACH ROW
    WHEN (OLD.rules_revision = NEW.rules_revision
        AND (OLD.lifecycle, OLD.time_zone, OLD.voting_opens_at, OLD.voting_closes_at, OLD.quota_period, OLD.quota_scope,
            OLD.votes_per_period, OLD.guests_may_vote, OLD.admits, OLD.paused_at)
        IS DISTINCT FROM (NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at, NEW.quota_period,
            NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.admits, NEW.paused_at))
    EXECUTE FUNCTION bump_rules_revision();
CREATE OR REPLACE FUNCTION record_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote, admits, paused_at)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.admits, NEW.paused_at);
    RETURN NULL;
END $$;

-- Codes that hand a voter who has signed in over to a page, for seconds and once.
CREATE TABLE hand_over (
    code_hash   BYTEA PRIMARY KEY,
    voter_id    UUID NOT NULL REFERENCES voter (id) ON DELETE CASCADE,
    expires_at  TIMESTAMPTZ NOT NULL
);
CREATE INDEX hand_over_by_end ON hand_over (expires_at);
CREATE INDEX hand_over_of_voter ON hand_over (voter_id);
