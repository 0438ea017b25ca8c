-- Stories list pictures that are stored here, too: by a path, so that the public address may change.
ALTER TABLE story DROP CONSTRAINT story_media_are_web;
ALTER TABLE story ADD CONSTRAINT story_media_are_web CHECK (
    NOT jsonb_path_exists(media, '$[*].url ? (@.type() == "string"
        && !(@ like_regex "^https?://") && !(@ like_regex "^/media/[0-9a-f]{64}-1200[.]jpg$"))'));
