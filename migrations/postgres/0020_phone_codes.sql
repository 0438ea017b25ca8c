-- Telephone numbers that a code was sent to, each as a keyed hash: the code that is good, and what bounds the next one.
CREATE TABLE phone_code (
    phone_hash  BYTEA PRIMARY KEY,
    code_hash   BYTEA, -- with the number in it; none where no code is good
    expires_at  TIMESTAMPTZ,
    tries       BIGINT NOT NULL, -- of the code that is good
    next_at     TIMESTAMPTZ NOT NULL, -- when another code may be sent
    day         BIGINT NOT NULL, -- since 1970-01-01, UTC
    codes       BIGINT NOT NULL -- that were sent in this day
);
CREATE INDEX phone_code_by_day ON phone_code (day);

-- The codes of a day, of all numbers together.
CREATE TABLE phone_code_day (
    day    BIGINT PRIMARY KEY,
    codes  BIGINT NOT NULL
);
