-- Stories from draft to retraction (src/app/desk/stories). What is stored is the state that people move; that an
-- approved story is scheduled or out follows from its time, by the clock. Stories that were there are out by the clock.
ALTER TABLE story
    ADD COLUMN state TEXT NOT NULL DEFAULT 'APPROVED' CHECK (state IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'RETRACTED')),
    -- published_at is the time that it comes out at; otherwise that of its creation
    ADD COLUMN is_scheduled BOOLEAN NOT NULL DEFAULT TRUE,
    ADD COLUMN was_out BOOLEAN NOT NULL DEFAULT FALSE, -- it keeps its place in the feed when it comes back
    ADD COLUMN author_id UUID REFERENCES staff (id),
    ADD COLUMN editor_id UUID REFERENCES staff (id), -- changed its text last
    ADD COLUMN approver_id UUID REFERENCES staff (id),
    ADD COLUMN rejection TEXT, -- the reason of the last one, until it is handed in again
    ADD COLUMN text_check TEXT CHECK (text_check IN ('PASSED', 'REVIEW', 'RISKY')), -- none: not checked
    ADD COLUMN edit_revision BIGINT NOT NULL DEFAULT 1,
    ADD CONSTRAINT story_is_approved_by_another CHECK (approver_id <> author_id AND approver_id <> editor_id);

-- Feeds read what is out by the clock; the desk reads the others of a campaign, too, by story_feed_of_campaign.
DROP INDEX story_feed;
DROP INDEX story_feed_of_category;
DROP INDEX story_feed_of_nominee;
CREATE INDEX story_out ON story (published_at, id) WHERE state = 'APPROVED' AND is_scheduled;
CREATE INDEX story_out_of_campaign ON story (campaign_id, published_at, id) WHERE state = 'APPROVED' AND is_scheduled;
CREATE INDEX story_out_of_category ON story (category_id, published_at, id) WHERE state = 'APPROVED' AND is_scheduled;
CREATE INDEX story_out_of_nominee ON story (nominee_id, published_at, id) WHERE state = 'APPROVED' AND is_scheduled;

-- A story that is out, or was, moves its campaign: every process forgets what it keeps of it.
CREATE FUNCTION bump_campaigns_of_stories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET revision = revision + 1 WHERE id IN (
        SELECT old_rows.campaign_id FROM old_rows JOIN new_rows USING (id)
            WHERE (old_rows.state = 'APPROVED' OR new_rows.state = 'APPROVED') AND old_rows IS DISTINCT FROM new_rows
        UNION
        SELECT new_rows.campaign_id FROM old_rows JOIN new_rows USING (id)
            WHERE (old_rows.state = 'APPROVED' OR new_rows.state = 'APPROVED') AND old_rows IS DISTINCT FROM new_rows);
    RETURN NULL;
END $$;
CREATE TRIGGER story_moves_campaign AFTER UPDATE ON story REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaigns_of_stories();
CREATE FUNCTION bump_campaigns_of_deleted_stories() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET revision = revision + 1 WHERE id IN (SELECT campaign_id FROM old_rows WHERE state = 'APPROVED');
    RETURN NULL;
END $$;
CREATE TRIGGER story_deletion_moves_campaign AFTER DELETE ON story REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaigns_of_deleted_stories();
-- Programs older than this show drafts and what was retracted.
UPDATE instance SET compatible_from = 12;
