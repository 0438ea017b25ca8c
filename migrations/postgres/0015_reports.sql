-- Reports of campaigns: the figures as they were at a moment, one text that is never changed. Only a draft is deleted,
-- and a draft has no report.
CREATE TABLE report (
    id           UUID PRIMARY KEY, -- UUIDv7
    campaign_id  UUID NOT NULL REFERENCES campaign (id),
    created_at   TIMESTAMPTZ NOT NULL,
    created_by   UUID REFERENCES staff (id), -- none for an operator
    snapshot     TEXT NOT NULL CHECK (snapshot LIKE '{%'), -- JSON, as it was hashed, byte by byte
    sha256       BYTEA NOT NULL CHECK (octet_length(sha256) = 32)
);
CREATE INDEX report_of_campaign ON report (campaign_id, created_at, id);

CREATE FUNCTION refuse_change_of_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'reports are never changed or removed';
END $$;
CREATE TRIGGER report_stays BEFORE UPDATE OR DELETE ON report
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_report();
CREATE TRIGGER report_is_not_emptied BEFORE TRUNCATE ON report
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_report();
