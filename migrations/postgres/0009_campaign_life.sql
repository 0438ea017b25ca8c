-- What an organiser changes in a campaign, step by step (src/app/desk).
--
-- A pause: voting is open and votes are refused from this time on, until it is over.
ALTER TABLE campaign ADD COLUMN paused_at TIMESTAMPTZ;
ALTER TABLE campaign_rules ADD COLUMN paused_at TIMESTAMPTZ;
-- Moved by edits: two people do not overwrite each other. A campaign's is moved by changes of its categories, too.
ALTER TABLE campaign ADD COLUMN edit_revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE nominee ADD COLUMN edit_revision BIGINT NOT NULL DEFAULT 1;

-- Changes after the first vote, with the reason that the public reads.
CREATE TABLE amendment (
    id             UUID PRIMARY KEY, -- UUIDv7
    campaign_id    UUID NOT NULL REFERENCES campaign (id),
    at             TIMESTAMPTZ NOT NULL,
    subject_label  TEXT NOT NULL, -- the campaign's title, a category's or a nominee's name
    changes        JSONB NOT NULL CHECK (jsonb_typeof(changes) = 'array'),
    reason         TEXT NOT NULL
);
CREATE INDEX amendment_of_campaign ON amendment (campaign_id, at, id);

DROP TRIGGER campaign_bumps_rules ON campaign;
CREATE TRIGGER campaign_bumps_rules BEFORE UPDATE ON campaign FOR EACH ROW
    WHEN (OLD.rules_revision = NEW.rules_revision
        AND (OLD.lifecycle, OLD.time_zone, OLD.voting_opens_at, OLD.voting_closes_at, OLD.quota_period, OLD.quota_scope,
            OLD.votes_per_period, OLD.guests_may_vote, OLD.paused_at)
        IS DISTINCT FROM (NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at, NEW.quota_period,
            NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.paused_at))
    EXECUTE FUNCTION bump_rules_revision();
CREATE OR REPLACE FUNCTION record_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_rules (campaign_id, rules_revision, lifecycle, time_zone, voting_opens_at, voting_closes_at,
        quota_period, quota_scope, votes_per_period, guests_may_vote, paused_at)
    VALUES (NEW.id, NEW.rules_revision, NEW.lifecycle, NEW.time_zone, NEW.voting_opens_at, NEW.voting_closes_at,
        NEW.quota_period, NEW.quota_scope, NEW.votes_per_period, NEW.guests_may_vote, NEW.paused_at);
    RETURN NULL;
END $$;
-- Programs older than this count votes that are cast in a pause.
UPDATE instance SET compatible_from = 9;
