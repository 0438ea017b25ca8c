-- People who ask to be forgotten, and those who were: of them is left the id that their votes are stored under.
ALTER TABLE voter ADD COLUMN forgotten_at TEXT;
CREATE INDEX voter_remembered ON voter (created_at, id) WHERE forgotten_at IS NULL;
CREATE TABLE forget_request (
    voter_id      BLOB PRIMARY KEY REFERENCES voter (id) ON DELETE CASCADE, -- the canonical one, at that time
    requested_at  TEXT NOT NULL
);
CREATE INDEX forget_request_by_time ON forget_request (requested_at, voter_id);
-- The part of `likes` that is of people who were forgotten: their rows of subject_like are gone.
ALTER TABLE subject_counter ADD COLUMN forgotten_likes INTEGER NOT NULL DEFAULT 0;
