-- Which voters have to solve a challenge before a vote of theirs is taken. It decides nothing about votes
-- that are stored, so it is no part of campaign_rules; the campaign's revision moves as with every edit.
ALTER TABLE campaign ADD COLUMN challenge TEXT NOT NULL DEFAULT 'GUESTS'
    CHECK (challenge IN ('NEVER', 'GUESTS', 'SUSPICIOUS', 'ALWAYS'));
