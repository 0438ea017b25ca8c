-- Turnout: votes a nominee, minute (since 1970, in UTC, of the cast) and client, moved in the votes' own transaction.
-- It sums all votes that are stored, withheld ones too.
CREATE TABLE turnout (
    campaign_id  BLOB NOT NULL,
    minute       INTEGER NOT NULL,
    nominee_id   BLOB NOT NULL,
    client       INTEGER NOT NULL CHECK (client BETWEEN 0 AND 2), -- 0 other, 1 page, 2 mini-program
    votes        INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, minute, nominee_id, client)
) WITHOUT ROWID;

-- The client of a vote as turnout has it; none of votes that programs stored which knew of none: they count as other.
ALTER TABLE vote ADD COLUMN client INTEGER CHECK (client BETWEEN 0 AND 2);
-- Seconds are cut off as text: as a number they would be rounded to milliseconds first.
CREATE TRIGGER vote_without_client_moves_turnout AFTER INSERT ON vote WHEN NEW.client IS NULL
BEGIN
    INSERT INTO turnout (campaign_id, minute, nominee_id, client, votes)
    VALUES (NEW.campaign_id, CAST(strftime('%s', substr(NEW.cast_at, 1, 16)) AS INTEGER) / 60, NEW.nominee_id, 0, 1)
    ON CONFLICT (campaign_id, minute, nominee_id, client) DO UPDATE SET votes = votes + 1;
END;
INSERT INTO turnout (campaign_id, minute, nominee_id, client, votes)
SELECT campaign_id, CAST(strftime('%s', substr(cast_at, 1, 16)) AS INTEGER) / 60 AS minute, nominee_id, 0, count(*)
FROM vote GROUP BY campaign_id, minute, nominee_id;

-- Exports: a process takes one that waits, writes its file into the object store, and says so here. One whose process
-- died is taken by another when its lease is over.
CREATE TABLE export (
    id               BLOB PRIMARY KEY, -- UUIDv7
    organisation_id  BLOB NOT NULL REFERENCES organisation (id),
    campaign_id      BLOB NOT NULL, -- it may be a draft that was deleted
    kind             TEXT NOT NULL CHECK (kind IN ('TALLY', 'TURNOUT', 'BALLOTS', 'STORIES', 'AUDIT_LOG')),
    format           TEXT NOT NULL CHECK (format IN ('XLSX', 'CSV')),
    status           TEXT NOT NULL CHECK (status IN ('WAITING', 'WRITING', 'READY', 'FAILED')),
    created_at       TEXT NOT NULL,
    file_id          BLOB, -- names the file in the object store: each process that takes it begins one of its own
    leased_until     TEXT,
    attempts         INTEGER NOT NULL DEFAULT 0,
    finished_at      TEXT,
    row_count        INTEGER,
    bytes            INTEGER,
    failure          TEXT CHECK (failure IN ('CAMPAIGN_GONE', 'TOO_MANY_ROWS', 'GAVE_UP')),
    CHECK ((status = 'WAITING') = (file_id IS NULL)),
    CHECK ((status IN ('READY', 'FAILED')) = (finished_at IS NOT NULL)),
    CHECK ((status = 'READY') = (bytes IS NOT NULL AND row_count IS NOT NULL)),
    CHECK ((status = 'FAILED') = (failure IS NOT NULL))
);
CREATE INDEX export_of_campaign ON export (campaign_id, created_at, id);
CREATE INDEX export_by_time ON export (created_at, id);
CREATE INDEX export_unfinished ON export (created_at, id) WHERE status IN ('WAITING', 'WRITING');
