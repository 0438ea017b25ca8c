-- Fills a database with ten million votes and a hundred thousand stories, to see what size costs. For measuring only:
-- the votes are of the demo's campaign and of an earlier period, so that voters of a run are not among them.
--     psql "$DATABASE_URL" -v votes=10000000 -v stories=100000 -f loadtest/fill.sql
\set ON_ERROR_STOP on
BEGIN;
CREATE TEMP TABLE indexes AS
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'vote' AND indexname <> 'vote_pkey';
SELECT format('DROP INDEX %I', indexname) FROM indexes \gexec
ALTER TABLE vote DROP CONSTRAINT vote_pkey;
CREATE TEMP TABLE nominees AS
    SELECT row_number() OVER (ORDER BY number) - 1 AS place, id, category_id, campaign_id FROM nominee
    WHERE campaign_id = (SELECT id FROM campaign WHERE slug = 'demo');
INSERT INTO vote (campaign_id, scope_id, voter_id, period, slot, nominee_id, id, idempotency_key, cast_at, is_first,
    network_hash, device_hash)
SELECT n.campaign_id, CASE c.quota_scope WHEN 'CATEGORY' THEN n.category_id ELSE n.campaign_id END,
    -- UUIDv7, as voters have them.
    (overlay(lpad(to_hex(1767225600000 + v), 12, '0') PLACING '-' FROM 9 FOR 0) || '-7' || substr(gen_random_uuid()::text, 16))::uuid, 1,
    1, n.id, gen_random_uuid(), gen_random_uuid(), now(), TRUE, substr(sha256('n'), 1, 16), substr(sha256('d'), 1, 16)
FROM generate_series(1, :votes) v JOIN nominees n ON n.place = v % (SELECT count(*) FROM nominees)
JOIN campaign c ON c.id = n.campaign_id;
ALTER TABLE vote ADD PRIMARY KEY (campaign_id, scope_id, voter_id, period, slot);
SELECT indexdef FROM indexes \gexec
INSERT INTO tally (campaign_id, nominee_id, counted, voters, revision)
    SELECT campaign_id, nominee_id, count(*), count(*), 1 FROM vote WHERE period = 1 GROUP BY 1, 2
    ON CONFLICT (campaign_id, nominee_id) DO UPDATE SET counted = tally.counted + excluded.counted,
        voters = tally.voters + excluded.voters, revision = tally.revision + 1;
INSERT INTO story (id, campaign_id, category_id, nominee_id, title, summary, body, cover_url, media, published_at)
SELECT gen_random_uuid(), n.campaign_id, n.category_id, n.id, 'Story ' || s, 'One of many.', 'Text.', NULL, '[]',
    now() - interval '1 year' - s * interval '1 second'
FROM generate_series(1, :stories) s JOIN nominees n ON n.place = s % (SELECT count(*) FROM nominees);
COMMIT;
VACUUM ANALYZE vote;
VACUUM ANALYZE story;
