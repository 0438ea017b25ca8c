-- The circumstances of a vote, for signals: they show what crowds and scripts do, and prove nothing about one vote.
-- All are null for votes that programs stored which knew of none.
ALTER TABLE vote ADD COLUMN network_block_hash BYTEA; -- keyed hash of the /24 or /48 of the address
ALTER TABLE vote ADD COLUMN seen_ms BIGINT CHECK (seen_ms >= 0); -- since the campaign was shown; null is unseen
ALTER TABLE vote ADD COLUMN share_nominee UUID; -- the nominee whose shared link the voter first came by
ALTER TABLE vote ADD COLUMN is_guest BOOLEAN;
-- A day's votes are found by their pages: they are stored nearly in the order of their times.
CREATE INDEX vote_by_time ON vote USING brin (cast_at) WITH (autosummarize = on);
