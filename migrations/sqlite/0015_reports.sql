-- Reports of campaigns: the figures as they were at a moment, one text that is never changed. Only a draft is deleted,
-- and a draft has no report.
CREATE TABLE report (
    id           BLOB PRIMARY KEY, -- UUIDv7
    campaign_id  BLOB NOT NULL REFERENCES campaign (id),
    created_at   TEXT NOT NULL,
    created_by   BLOB REFERENCES staff (id), -- none for an operator
    snapshot     TEXT NOT NULL CHECK (json_valid(snapshot)), -- as it was hashed, byte by byte
    sha256       BLOB NOT NULL CHECK (length(sha256) = 32)
);
CREATE INDEX report_of_campaign ON report (campaign_id, created_at, id);

CREATE TRIGGER report_is_not_changed BEFORE UPDATE ON report
BEGIN SELECT RAISE(ABORT, 'reports are never changed or removed'); END;
CREATE TRIGGER report_is_not_removed BEFORE DELETE ON report
BEGIN SELECT RAISE(ABORT, 'reports are never changed or removed'); END;
CREATE TRIGGER report_is_not_replaced BEFORE INSERT ON report WHEN EXISTS (SELECT 1 FROM report WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'reports are never changed or removed'); END;
