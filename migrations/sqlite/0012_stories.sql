-- Stories from draft to retraction (src/app/desk/stories). What is stored is the state that people move; that an
-- approved story is scheduled or out follows from its time, by the clock. Stories that were there are out by the clock.
ALTER TABLE story ADD COLUMN state TEXT NOT NULL DEFAULT 'APPROVED'
    CHECK (state IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'RETRACTED'));
-- published_at is the time that it comes out at; otherwise that of its creation
ALTER TABLE story ADD COLUMN is_scheduled INTEGER NOT NULL DEFAULT 1 CHECK (is_scheduled IN (0, 1));
ALTER TABLE story ADD COLUMN was_out INTEGER NOT NULL DEFAULT 0 CHECK (was_out IN (0, 1)); -- keeps its place in the feed
ALTER TABLE story ADD COLUMN author_id BLOB REFERENCES staff (id);
ALTER TABLE story ADD COLUMN editor_id BLOB REFERENCES staff (id); -- changed its text last
ALTER TABLE story ADD COLUMN approver_id BLOB REFERENCES staff (id)
    CHECK (approver_id <> author_id AND approver_id <> editor_id);
ALTER TABLE story ADD COLUMN rejection TEXT; -- the reason of the last one, until it is handed in again
ALTER TABLE story ADD COLUMN text_check TEXT CHECK (text_check IN ('PASSED', 'REVIEW', 'RISKY')); -- none: not checked
ALTER TABLE story ADD COLUMN edit_revision INTEGER NOT NULL DEFAULT 1;

-- Feeds read what is out by the clock; the desk reads the others of a campaign, too, by story_feed_of_campaign.
DROP INDEX story_feed;
DROP INDEX story_feed_of_category;
DROP INDEX story_feed_of_nominee;
CREATE INDEX story_out ON story (published_at, id) WHERE state = 'APPROVED' AND is_scheduled;
CREATE INDEX story_out_of_campaign ON story (campaign_id, published_at, id) WHERE state = 'APPROVED' AND is_scheduled;
CREATE INDEX story_out_of_category ON story (category_id, published_at, id) WHERE state = 'APPROVED' AND is_scheduled;
CREATE INDEX story_out_of_nominee ON story (nominee_id, published_at, id) WHERE state = 'APPROVED' AND is_scheduled;

-- A story that is out, or was, moves its campaign: every process forgets what it keeps of it.
CREATE TRIGGER story_update_bumps AFTER UPDATE ON story WHEN OLD.state = 'APPROVED' OR NEW.state = 'APPROVED'
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id IN (OLD.campaign_id, NEW.campaign_id); END;
CREATE TRIGGER story_delete_bumps AFTER DELETE ON story WHEN OLD.state = 'APPROVED'
BEGIN UPDATE campaign SET revision = revision + 1 WHERE id = OLD.campaign_id; END;
-- Programs older than this show drafts and what was retracted.
UPDATE instance SET compatible_from = 12;
