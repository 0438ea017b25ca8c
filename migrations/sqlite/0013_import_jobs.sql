-- Imports of spreadsheets on their way: a process reads and checks the file, a member of staff then applies the plan.
CREATE TABLE import_job (
    id               BLOB PRIMARY KEY, -- UUIDv7; of the import, too, once it is applied
    campaign_id      BLOB NOT NULL REFERENCES campaign (id) ON DELETE CASCADE,
    staff_id         BLOB NOT NULL REFERENCES staff (id), -- the member who sent the file
    kind             TEXT NOT NULL CHECK (kind IN ('NOMINEES', 'STORIES')),
    status           TEXT NOT NULL CHECK (status IN ('READING', 'CHECKED', 'APPLYING', 'APPLIED', 'FAILED')),
    upload_id        BLOB UNIQUE REFERENCES upload (id), -- its file, as long as that is kept
    file_sha256      BLOB CHECK (length(file_sha256) = 32),
    edit_revision    INTEGER NOT NULL, -- moves with every new plan
    plan_sha256      BLOB CHECK (length(plan_sha256) = 32),
    header_row       INTEGER NOT NULL,
    unknown_columns  TEXT NOT NULL CHECK (json_valid(unknown_columns) AND json_type(unknown_columns) = 'array'),
    total_rows       INTEGER NOT NULL,
    read_rows        INTEGER NOT NULL,
    creates          INTEGER NOT NULL,
    updates          INTEGER NOT NULL,
    unchanged        INTEGER NOT NULL,
    faulty           INTEGER NOT NULL,
    failure          TEXT,
    attempts         INTEGER NOT NULL, -- processes that began to read it
    lease_owner      BLOB, -- the process or request that works on it
    lease_until      TEXT, -- another may take it over from then on
    created_at       TEXT NOT NULL,
    finished_at      TEXT,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((status = 'FAILED') = (failure IS NOT NULL)),
    CHECK ((status IN ('CHECKED', 'APPLYING', 'APPLIED')) = (plan_sha256 IS NOT NULL))
);
CREATE INDEX import_job_of_campaign ON import_job (campaign_id, id);
CREATE INDEX import_job_to_read ON import_job (id) WHERE status = 'READING';
CREATE INDEX import_job_by_age ON import_job (created_at) WHERE upload_id IS NOT NULL;

-- The rows of data of a sheet with the change that each is planned to make.
CREATE TABLE import_row (
    import_id  BLOB NOT NULL REFERENCES import_job (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL, -- as spreadsheet programs show it
    change     TEXT NOT NULL CHECK (change IN ('CREATE', 'UPDATE', 'UNCHANGED', 'FAULTY')),
    label      TEXT NOT NULL, -- its name for people, as far as it has one
    planned    TEXT NOT NULL CHECK (json_valid(planned) AND json_type(planned) = 'array'), -- the fields that differ
    faults     TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
);
CREATE INDEX import_row_faulty ON import_row (import_id, number) WHERE change = 'FAULTY';
