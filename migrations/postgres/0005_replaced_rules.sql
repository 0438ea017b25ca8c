-- When the rules of a revision came into force, by the database's clock: a recount finds a vote that was cast under
-- rules that had been replaced by then. Those recorded before this column have the time of this migration.
ALTER TABLE campaign_rules ADD COLUMN since TIMESTAMPTZ DEFAULT now();

-- What moves to another campaign is a change of both.
CREATE FUNCTION bump_campaign_revisions_of_both() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET revision = revision + 1
    WHERE id IN (SELECT campaign_id FROM old_rows UNION SELECT campaign_id FROM new_rows);
    RETURN NULL;
END $$;
DROP TRIGGER category_updated ON category;
CREATE TRIGGER category_updated AFTER UPDATE ON category REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions_of_both();
DROP TRIGGER nominee_updated ON nominee;
CREATE TRIGGER nominee_updated AFTER UPDATE ON nominee REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION bump_campaign_revisions_of_both();

-- A nominee's campaign decides on votes like its status and category.
CREATE OR REPLACE FUNCTION bump_rules_of_nominees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign SET rules_revision = rules_revision + 1 WHERE id IN (
        SELECT UNNEST(ARRAY[o.campaign_id, n.campaign_id]) FROM new_rows n JOIN old_rows o ON o.id = n.id
        WHERE (n.status, n.category_id, n.campaign_id) IS DISTINCT FROM (o.status, o.category_id, o.campaign_id));
    RETURN NULL;
END $$;
