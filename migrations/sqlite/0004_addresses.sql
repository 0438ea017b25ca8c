-- Addresses that pages link are of the web: none runs anything where it is opened. What was stored before is taken out.
-- Triggers, since SQLite adds no CHECK to a table that is there, and one could not look into JSON.
UPDATE campaign SET cover_url = NULL WHERE cover_url NOT GLOB 'http://*' AND cover_url NOT GLOB 'https://*';
UPDATE nominee SET portrait_url = NULL WHERE portrait_url NOT GLOB 'http://*' AND portrait_url NOT GLOB 'https://*';
UPDATE story SET cover_url = NULL WHERE cover_url NOT GLOB 'http://*' AND cover_url NOT GLOB 'https://*';
UPDATE story SET media = (
    SELECT json_group_array(json(value)) FROM json_each(story.media)
    WHERE json_extract(value, '$.url') GLOB 'http://*' OR json_extract(value, '$.url') GLOB 'https://*')
WHERE EXISTS (
    SELECT 1 FROM json_each(story.media)
    WHERE json_extract(value, '$.url') NOT GLOB 'http://*' AND json_extract(value, '$.url') NOT GLOB 'https://*');

CREATE TRIGGER campaign_cover_url_is_web_insert BEFORE INSERT ON campaign
WHEN NEW.cover_url NOT GLOB 'http://*' AND NEW.cover_url NOT GLOB 'https://*'
BEGIN
    SELECT RAISE(ABORT, 'campaign.cover_url must begin with https:// or http://');
END;

CREATE TRIGGER campaign_cover_url_is_web_update BEFORE UPDATE OF cover_url ON campaign
WHEN NEW.cover_url NOT GLOB 'http://*' AND NEW.cover_url NOT GLOB 'https://*'
BEGIN
    SELECT RAISE(ABORT, 'campaign.cover_url must begin with https:// or http://');
END;

CREATE TRIGGER nominee_portrait_url_is_web_insert BEFORE INSERT ON nominee
WHEN NEW.portrait_url NOT GLOB 'http://*' AND NEW.portrait_url NOT GLOB 'https://*'
BEGIN
    SELECT RAISE(ABORT, 'nominee.portrait_url must begin with https:// or http://');
END;

CREATE TRIGGER nominee_portrait_url_is_web_update BEFORE UPDATE OF portrait_url ON nominee
WHEN NEW.portrait_url NOT GLOB 'http://*' AND NEW.portrait_url NOT GLOB 'https://*'
BEGIN
    SELECT RAISE(ABORT, 'nominee.portrait_url must begin with https:// or http://');
END;

CREATE TRIGGER story_cover_url_is_web_insert BEFORE INSERT ON story
WHEN NEW.cover_url NOT GLOB 'http://*' AND NEW.cover_url NOT GLOB 'https://*'
BEGIN
    SELECT RAISE(ABORT, 'story.cover_url must begin with https:// or http://');
END;

CREATE TRIGGER story_cover_url_is_web_update BEFORE UPDATE OF cover_url ON story
WHEN NEW.cover_url NOT GLOB 'http://*' AND NEW.cover_url NOT GLOB 'https://*'
BEGIN
    SELECT RAISE(ABORT, 'story.cover_url must begin with https:// or http://');
END;

CREATE TRIGGER story_media_are_web_insert BEFORE INSERT ON story
WHEN json_valid(NEW.media) AND EXISTS (
    SELECT 1 FROM json_each(NEW.media)
    WHERE json_extract(value, '$.url') NOT GLOB 'http://*' AND json_extract(value, '$.url') NOT GLOB 'https://*')
BEGIN
    SELECT RAISE(ABORT, 'the addresses of story.media must begin with https:// or http://');
END;

CREATE TRIGGER story_media_are_web_update BEFORE UPDATE OF media ON story
WHEN json_valid(NEW.media) AND EXISTS (
    SELECT 1 FROM json_each(NEW.media)
    WHERE json_extract(value, '$.url') NOT GLOB 'http://*' AND json_extract(value, '$.url') NOT GLOB 'https://*')
BEGIN
    SELECT RAISE(ABORT, 'the addresses of story.media must begin with https:// or http://');
END;
