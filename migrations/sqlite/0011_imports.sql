-- Imports of spreadsheets that were applied, each in one transaction with one audit event, whose subject it is.
CREATE TABLE import (
    id           BLOB PRIMARY KEY, -- UUIDv7
    campaign_id  BLOB NOT NULL, -- it may be a draft that was deleted
    kind         TEXT NOT NULL CHECK (kind IN ('NOMINEES', 'STORIES')),
    file_sha256  BLOB NOT NULL CHECK (length(file_sha256) = 32),
    applied_at   TEXT NOT NULL
);
CREATE INDEX import_of_campaign ON import (campaign_id, applied_at, id);

-- What an import changed, object by object: with the audit events it tells how each became what it is.
CREATE TABLE import_change (
    import_id         BLOB NOT NULL REFERENCES import (id),
    subject_id        BLOB NOT NULL, -- a nominee
    subject_revision  INTEGER NOT NULL, -- its edit_revision after the change
    changes           TEXT NOT NULL CHECK (json_valid(changes) AND json_type(changes) = 'array'),
    PRIMARY KEY (import_id, subject_id)
);
CREATE INDEX import_change_of_subject ON import_change (subject_id, subject_revision);

CREATE TRIGGER import_is_not_changed BEFORE UPDATE ON import
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
CREATE TRIGGER import_is_not_removed BEFORE DELETE ON import
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
CREATE TRIGGER import_is_not_replaced BEFORE INSERT ON import WHEN EXISTS (SELECT 1 FROM import WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
CREATE TRIGGER import_change_is_not_changed BEFORE UPDATE ON import_change
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
CREATE TRIGGER import_change_is_not_removed BEFORE DELETE ON import_change
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
CREATE TRIGGER import_change_is_not_replaced BEFORE INSERT ON import_change
    WHEN EXISTS (SELECT 1 FROM import_change WHERE import_id = NEW.import_id AND subject_id = NEW.subject_id)
BEGIN SELECT RAISE(ABORT, 'audit events are never changed or removed'); END;
