-- Pictures, which the object store has under the names that are here, and uploads on their way to what they are for.
CREATE TABLE media (
    name          TEXT PRIMARY KEY CHECK (length(name) = 64), -- SHA-256 of the files, the large one first
    content_type  TEXT NOT NULL,
    width         BIGINT NOT NULL, -- of the large file, in pixels
    height        BIGINT NOT NULL,
    large_bytes   BIGINT NOT NULL,
    small_bytes   BIGINT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL
);

-- A picture that is stored here goes before an address elsewhere.
ALTER TABLE nominee ADD COLUMN portrait_media TEXT REFERENCES media (name);
ALTER TABLE campaign ADD COLUMN cover_media TEXT REFERENCES media (name);
ALTER TABLE story ADD COLUMN cover_media TEXT REFERENCES media (name);

-- A file that a member of staff may send, once.
CREATE TABLE upload (
    id           UUID PRIMARY KEY,
    staff_id     UUID NOT NULL REFERENCES staff (id),
    purpose      TEXT NOT NULL CHECK (purpose IN ('PICTURE', 'SHEET')),
    bytes        BIGINT NOT NULL CHECK (bytes > 0), -- the file has so many
    expires_at   TIMESTAMPTZ NOT NULL, -- it must be whole until then
    file_id      UUID, -- names the file in the object store, once it is whole
    received_at  TIMESTAMPTZ,
    consumed_at  TIMESTAMPTZ, -- it has become a picture or an import
    CHECK ((file_id IS NULL) = (received_at IS NULL)),
    CHECK (consumed_at IS NULL OR received_at IS NOT NULL)
);
CREATE INDEX upload_by_expiry ON upload (expires_at);
CREATE INDEX upload_open_by_staff ON upload (staff_id) WHERE consumed_at IS NULL;
