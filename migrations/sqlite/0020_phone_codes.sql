-- Telephone numbers that a code was sent to, each as a keyed hash: the code that is good, and what bounds the next one.
CREATE TABLE phone_code (
    phone_hash  BLOB PRIMARY KEY NOT NULL,
    code_hash   BLOB, -- with the number in it; none where no code is good
    expires_at  TEXT,
    tries       INTEGER NOT NULL, -- of the code that is good
    next_at     TEXT NOT NULL, -- when another code may be sent
    day         INTEGER NOT NULL, -- since 1970-01-01, UTC
    codes       INTEGER NOT NULL -- that were sent in this day
);
CREATE INDEX phone_code_by_day ON phone_code (day);

-- The codes of a day, of all numbers together.
CREATE TABLE phone_code_day (
    day    INTEGER PRIMARY KEY NOT NULL,
    codes  INTEGER NOT NULL
);
