-- What a session leaves behind, found without reading everything.
CREATE INDEX session_by_subject ON session (subject_id); -- all of a member of staff end with its password
CREATE INDEX refresh_token_by_use ON refresh_token (used_at) WHERE used_at IS NOT NULL;
CREATE INDEX voter_guest_by_creation ON voter (created_at) WHERE is_guest;
CREATE INDEX counter_batch_by_time ON counter_batch (applied_at);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (last_at);

-- Networks from which a member of staff has signed in: failures of others elsewhere do not lock it out there.
CREATE TABLE staff_network (
    staff_id      UUID NOT NULL REFERENCES staff (id),
    network_hash  BYTEA NOT NULL, -- keyed
    last_at       TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (staff_id, network_hash)
);
