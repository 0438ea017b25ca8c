-- Addresses that pages link are of the web: none runs anything where it is opened. What was stored before is taken out.
UPDATE campaign SET cover_url = NULL WHERE cover_url !~ '^https?://';
UPDATE nominee SET portrait_url = NULL WHERE portrait_url !~ '^https?://';
UPDATE story SET cover_url = NULL WHERE cover_url !~ '^https?://';
UPDATE story SET media = jsonb_path_query_array(
    media, '$[*] ? (!(@.url.type() == "string" && !(@.url like_regex "^https?://")))')
WHERE jsonb_path_exists(media, '$[*].url ? (@.type() == "string" && !(@ like_regex "^https?://"))');

ALTER TABLE campaign ADD CONSTRAINT campaign_cover_url_is_web CHECK (cover_url ~ '^https?://');
ALTER TABLE nominee ADD CONSTRAINT nominee_portrait_url_is_web CHECK (portrait_url ~ '^https?://');
ALTER TABLE story ADD CONSTRAINT story_cover_url_is_web CHECK (cover_url ~ '^https?://');
ALTER TABLE story ADD CONSTRAINT story_media_are_web CHECK (
    NOT jsonb_path_exists(media, '$[*].url ? (@.type() == "string" && !(@ like_regex "^https?://"))'));
