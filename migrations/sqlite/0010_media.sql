-- Pictures, which the object store has under the names that are here, and uploads on their way to what they are for.
CREATE TABLE media (
    name          TEXT PRIMARY KEY CHECK (length(name) = 64), -- SHA-256 of the files, the large one first
    content_type  TEXT NOT NULL,
    width         INTEGER NOT NULL, -- of the large file, in pixels
    height        INTEGER NOT NULL,
    large_bytes   INTEGER NOT NULL,
    small_bytes   INTEGER NOT NULL,
    created_at    TEXT NOT NULL
);

-- A picture that is stored here goes before an address elsewhere.
ALTER TABLE nominee ADD COLUMN portrait_media TEXT REFERENCES media (name);
ALTER TABLE campaign ADD COLUMN cover_media TEXT REFERENCES media (name);
ALTER TABLE story ADD COLUMN cover_media TEXT REFERENCES media (name);

-- A file that a member of staff may send, once.
CREATE TABLE upload (
    id           BLOB PRIMARY KEY,
    staff_id     BLOB NOT NULL REFERENCES staff (id),
    purpose      TEXT NOT NULL CHECK (purpose IN ('PICTURE', 'SHEET')),
    bytes        INTEGER NOT NULL CHECK (bytes > 0), -- the file has so many
    expires_at   TEXT NOT NULL, -- it must be whole until then
    file_id      BLOB, -- names the file in the object store, once it is whole
    received_at  TEXT,
    consumed_at  TEXT, -- it has become a picture or an import
    CHECK ((file_id IS NULL) = (received_at IS NULL)),
    CHECK (consumed_at IS NULL OR received_at IS NOT NULL)
);
CREATE INDEX upload_by_expiry ON upload (expires_at);
CREATE INDEX upload_open_by_staff ON upload (staff_id) WHERE consumed_at IS NULL;
