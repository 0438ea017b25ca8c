-- A table is made anew where a column with a key goes.
ALTER TABLE voter RENAME TO voter_old;
DROP INDEX voter_guest_by_creation;
CREATE TABLE voter (
    id          BLOB PRIMARY KEY,
    is_guest    BOOLEAN NOT NULL, -- whether it has no other way in than a guest's
    created_at  TEXT NOT NULL
);
CREATE INDEX voter_guest_by_creation ON voter (created_at) WHERE is_guest;
INSERT INTO voter (id, is_guest, created_at) SELECT id, is_guest, created_at FROM voter_old;

-- The ways in of a voter, and the names that a platform's ways share, each as a keyed hash.
CREATE TABLE voter_identity (
    identity_hash  BLOB PRIMARY KEY NOT NULL,
    voter_id       BLOB NOT NULL REFERENCES voter (id) ON DELETE CASCADE,
    kind           TEXT CHECK (kind IN ('WECHAT_MINI_PROGRAM', 'WECHAT_WEB', 'DOUYIN', 'ALIPAY', 'PHONE',
        'OIDC', 'GUEST')), -- none: no way in, but a name that several of a platform share (a unionid)
    created_at     TEXT NOT NULL
);
CREATE INDEX voter_identity_by_voter ON voter_identity (voter_id);
INSERT INTO voter_identity (identity_hash, voter_id, kind, created_at)
SELECT identity_hash, id, CASE WHEN is_guest THEN 'GUEST' ELSE 'WECHAT_MINI_PROGRAM' END, created_at FROM voter_old;
DROP TABLE voter_old;

-- Voters that turned out to be one person: what they cast from then on is the canonical one's. One step: a canonical
-- voter is not linked itself.
CREATE TABLE voter_link (
    voter_id      BLOB PRIMARY KEY NOT NULL REFERENCES voter (id),
    canonical_id  BLOB NOT NULL REFERENCES voter (id) CHECK (canonical_id <> voter_id),
    linked_at     TEXT NOT NULL
);
CREATE INDEX voter_link_by_canonical ON voter_link (canonical_id);

-- Programs older than this find no voter.
UPDATE instance SET compatible_from = 17;
