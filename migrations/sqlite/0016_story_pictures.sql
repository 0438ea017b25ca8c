-- Stories list pictures that are stored here, too: by a path, so that the public address may change.
DROP TRIGGER story_media_are_web_insert;
DROP TRIGGER story_media_are_web_update;

CREATE TRIGGER story_media_are_web_insert BEFORE INSERT ON story
WHEN json_valid(NEW.media) AND EXISTS (
    SELECT 1 FROM json_each(NEW.media)
    WHERE json_extract(value, '$.url') NOT GLOB 'http://*' AND json_extract(value, '$.url') NOT GLOB 'https://*'
        AND NOT (json_extract(value, '$.url') GLOB '/media/*-1200.jpg' AND length(json_extract(value, '$.url')) = 80
            AND substr(json_extract(value, '$.url'), 8, 64) NOT GLOB '*[^0-9a-f]*'))
BEGIN
    SELECT RAISE(ABORT, 'the addresses of story.media must begin with https:// or http://, or be pictures of this server');
END;

CREATE TRIGGER story_media_are_web_update BEFORE UPDATE OF media ON story
WHEN json_valid(NEW.media) AND EXISTS (
    SELECT 1 FROM json_each(NEW.media)
    WHERE json_extract(value, '$.url') NOT GLOB 'http://*' AND json_extract(value, '$.url') NOT GLOB 'https://*'
        AND NOT (json_extract(value, '$.url') GLOB '/media/*-1200.jpg' AND length(json_extract(value, '$.url')) = 80
            AND substr(json_extract(value, '$.url'), 8, 64) NOT GLOB '*[^0-9a-f]*'))
BEGIN
    SELECT RAISE(ABORT, 'the addresses of story.media must begin with https:// or http://, or be pictures of this server');
END;
