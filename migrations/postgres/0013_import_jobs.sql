-- Imports of spreadsheets on their way: a process reads and checks the file, a member of staff then applies the plan.
CREATE TABLE import_job (
    id               UUID PRIMARY KEY, -- UUIDv7; of the import, too, once it is applied
    campaign_id      UUID NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    staff_id         UUID NOT NULL REFERENCES staff (id), -- the member who sent the file
    kind             TEXT NOT NULL CHECK (kind IN ('NOMINEES', 'STORIES')),
    status           TEXT NOT NULL CHECK (status IN ('READING', 'CHECKED', 'APPLYING', 'APPLIED', 'FAILED')),
    upload_id        UUID UNIQUE REFERENCES upload (id), -- its file, as long as that is kept
    file_sha256      BYTEA CHECK (octet_length(file_sha256) = 32),
    edit_revision    BIGINT NOT NULL, -- moves with every new plan
    plan_sha256      BYTEA CHECK (octet_length(plan_sha256) = 32),
    header_row       BIGINT NOT NULL,
    unknown_columns  JSONB NOT NULL CHECK (jsonb_typeof(unknown_columns) = 'array'),
    total_rows       BIGINT NOT NULL,
    read_rows        BIGINT NOT NULL,
    creates          BIGINT NOT NULL,
    updates          BIGINT NOT NULL,
    unchanged        BIGINT NOT NULL,
    faulty           BIGINT NOT NULL,
    failure          JSONB,
    attempts         BIGINT NOT NULL, -- processes that began to read it
    lease_owner      UUID, -- the process or request that works on it
    lease_until      TIMESTAMPTZ, -- another may take it over from then on
    created_at       TIMESTAMPTZ NOT NULL,
    finished_at      TIMESTAMPTZ,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((status = 'FAILED') = (failure IS NOT NULL)),
    CHECK ((status IN ('CHECKED', 'APPLYING', 'APPLIED')) = (plan_sha256 IS NOT NULL))
);
CREATE INDEX import_job_of_campaign ON import_job (campaign_id, id);
CREATE INDEX import_job_to_read ON import_job (id) WHERE status = 'READING';
CREATE INDEX import_job_by_age ON import_job (created_at) WHERE upload_id IS NOT NULL;

-- The rows of data of a sheet with the change that each is planned to make.
CREATE TABLE import_row (
    import_id  UUID NOT NULL REFERENCES import_job (id) ON DELETE CASCADE,
    number     BIGINT NOT NULL, -- as spreadsheet programs show it
    change     TEXT NOT NULL CHECK (change IN ('CREATE', 'UPDATE', 'UNCHANGED', 'FAULTY')),
    label      TEXT NOT NULL, -- its name for people, as far as it has one
    planned    JSONB NOT NULL CHECK (jsonb_typeof(planned) = 'array'), -- the fields that differ
    faults     JSONB NOT NULL,
    PRIMARY KEY (import_id, number)
);
CREATE INDEX import_row_faulty ON import_row (import_id, number) WHERE change = 'FAULTY';
