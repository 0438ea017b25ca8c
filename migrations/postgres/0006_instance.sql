-- What a program compares with the database before it serves.
--
-- Part of every key in Redis: random, and another one as soon as Redis remembers what the database does not have, as
-- after a restore. A number that was counted up would come again after the second restore of one backup.
ALTER TABLE instance ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
-- Keyed hash that tells ACCLAIM_IDENTITY_SECRET from another one; none before the first start.
ALTER TABLE instance ADD COLUMN identity_fingerprint BYTEA;
-- The newest migration of the oldest program that may run on these tables. A migration that takes away what programs
-- use moves it (docs/decisions.md, "Upgrades").
ALTER TABLE instance ADD COLUMN compatible_from BIGINT NOT NULL DEFAULT 6;
INSERT INTO instance (singleton, id, created_at)
SELECT TRUE, gen_random_uuid(), now() WHERE NOT EXISTS (SELECT 1 FROM instance);
