-- Votes of guests apart: one person can make device ids without end. Both columns are moved with the votes themselves;
-- votes of programs that did not say whether a guest cast them (vote.is_guest is null) are no guest's.
ALTER TABLE tally ADD COLUMN guest_votes BIGINT NOT NULL DEFAULT 0; -- the part of `counted` that guests cast
ALTER TABLE turnout ADD COLUMN guests BIGINT NOT NULL DEFAULT 0; -- the part of `votes` that guests cast

-- The revision moves too: tallies that are kept somewhere lack the number.
UPDATE tally t SET guest_votes = g.votes, revision = t.revision + 1 FROM (
    SELECT campaign_id, nominee_id, count(*) AS votes FROM vote WHERE is_guest AND withheld_by = 0
    GROUP BY campaign_id, nominee_id
) g WHERE t.campaign_id = g.campaign_id AND t.nominee_id = g.nominee_id;
UPDATE turnout t SET guests = g.votes FROM (
    SELECT campaign_id, CAST(floor(date_part('epoch', cast_at) / 60) AS BIGINT) AS minute, nominee_id,
        COALESCE(client, 0) AS client, count(*) AS votes
    FROM vote WHERE is_guest GROUP BY 1, 2, 3, 4
) g WHERE t.campaign_id = g.campaign_id AND t.minute = g.minute AND t.nominee_id = g.nominee_id
    AND t.client = g.client;
