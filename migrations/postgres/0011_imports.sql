-- Imports of spreadsheets that were applied, each in one transaction with one audit event, whose subject it is.
CREATE TABLE import (
    id           UUID PRIMARY KEY, -- UUIDv7
    campaign_id  UUID NOT NULL, -- it may be a draft that was deleted
    kind         TEXT NOT NULL CHECK (kind IN ('NOMINEES', 'STORIES')),
    file_sha256  BYTEA NOT NULL CHECK (octet_length(file_sha256) = 32),
    applied_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX import_of_campaign ON import (campaign_id, applied_at, id);

-- What an import changed, object by object: with the audit events it tells how each became what it is.
CREATE TABLE import_change (
    import_id         UUID NOT NULL REFERENCES import (id),
    subject_id        UUID NOT NULL, -- a nominee
    subject_revision  BIGINT NOT NULL, -- its edit_revision after the change
    changes           JSONB NOT NULL CHECK (jsonb_typeof(changes) = 'array'),
    PRIMARY KEY (import_id, subject_id)
);
CREATE INDEX import_change_of_subject ON import_change (subject_id, subject_revision);

CREATE TRIGGER import_stays BEFORE UPDATE OR DELETE ON import
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER import_is_not_emptied BEFORE TRUNCATE ON import
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER import_change_stays BEFORE UPDATE OR DELETE ON import_change
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_audit();
CREATE TRIGGER import_change_is_not_emptied BEFORE TRUNCATE ON import_change
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit();
