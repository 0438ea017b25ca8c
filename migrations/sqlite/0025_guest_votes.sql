-- Votes of guests apart: one person can make device ids without end. Both columns are moved with the votes themselves;
-- votes of programs that did not say whether a guest cast them (vote.is_guest is null) are no guest's.
ALTER TABLE tally ADD COLUMN guest_votes INTEGER NOT NULL DEFAULT 0; -- the part of `counted` that guests cast
ALTER TABLE turnout ADD COLUMN guests INTEGER NOT NULL DEFAULT 0; -- the part of `votes` that guests cast

-- The revision moves too: tallies that are kept somewhere lack the number.
UPDATE tally SET guest_votes = g.votes, revision = revision + 1 FROM (
    SELECT campaign_id, nominee_id, count(*) AS votes FROM vote WHERE is_guest AND withheld_by = 0
    GROUP BY campaign_id, nominee_id
) g WHERE tally.campaign_id = g.campaign_id AND tally.nominee_id = g.nominee_id;
UPDATE turnout SET guests = g.votes FROM (
    SELECT campaign_id, CAST(strftime('%s', substr(cast_at, 1, 16)) AS INTEGER) / 60 AS minute, nominee_id,
        COALESCE(client, 0) AS client, count(*) AS votes
    FROM vote WHERE is_guest GROUP BY 1, 2, 3, 4
) g WHERE turnout.campaign_id = g.campaign_id AND turnout.minute = g.minute
    AND turnout.nominee_id = g.nominee_id AND turnout.client = g.client;
