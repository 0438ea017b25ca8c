-- The ways in of a voter, and the names that a platform's ways share, each as a keyed hash.
CREATE TABLE voter_identity (
    identity_hash  BYTEA PRIMARY KEY,
    voter_id       UUID NOT NULL REFERENCES voter (id) ON DELETE CASCADE,
    kind           TEXT CHECK (kind IN ('WECHAT_MINI_PROGRAM', 'WECHAT_WEB', 'DOUYIN', 'ALIPAY', 'PHONE',
        'OIDC', 'GUEST')), -- none: no way in, but a name that several of a platform share (a unionid)
    created_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX voter_identity_by_voter ON voter_identity (voter_id);
INSERT INTO voter_identity (identity_hash, voter_id, kind, created_at)
SELECT identity_hash, id, CASE WHEN is_guest THEN 'GUEST' ELSE 'WECHAT_MINI_PROGRAM' END, created_at FROM voter;
-- Of a voter is left when it came, and whether it has no other way in than a guest's.
ALTER TABLE voter DROP COLUMN identity_hash;

-- Voters that turned out to be one person: what they cast from then on is the canonical one's. One step: a canonical
-- voter is not linked itself.
CREATE TABLE voter_link (
    voter_id      UUID PRIMARY KEY REFERENCES voter (id),
    canonical_id  UUID NOT NULL REFERENCES voter (id) CHECK (canonical_id <> voter_id),
    linked_at     TIMESTAMPTZ NOT NULL
);
CREATE INDEX voter_link_by_canonical ON voter_link (canonical_id);

-- Programs older than this find no voter.
UPDATE instance SET compatible_from = 17;
