-- The spine: every version of every subject, appended by the transaction that made it. `seq` is given after the commit.

CREATE TABLE changes (
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    organization TEXT NOT NULL REFERENCES organizations (code),
    client BLOB,
    request_id TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    detail TEXT,
    seq INTEGER UNIQUE,
    PRIMARY KEY (subject, subject_id, version)
) STRICT;
CREATE INDEX changes_unsequenced ON changes (recorded_at) WHERE seq IS NULL;
CREATE INDEX changes_organization ON changes (organization, seq);
