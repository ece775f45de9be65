-- The spine: every version of every subject, appended by the transaction that made it. `seq` is given after the commit.

CREATE TABLE changes (
    subject text COLLATE "C" NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    kind text COLLATE "C" NOT NULL,
    organization text COLLATE "C" NOT NULL REFERENCES organizations (code),
    client uuid,
    request_id text NOT NULL,
    recorded_at timestamptz NOT NULL,
    content text NOT NULL,
    detail text,
    seq bigint UNIQUE,
    PRIMARY KEY (subject, subject_id, version)
);
CREATE INDEX changes_unsequenced ON changes (recorded_at) WHERE seq IS NULL;
CREATE INDEX changes_organization ON changes (organization, seq);
