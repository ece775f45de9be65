CREATE TABLE changes_anew (
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
INSERT INTO changes_anew SELECT * FROM changes ORDER BY rowid;
DROP TABLE changes;
ALTER TABLE changes_anew RENAME TO changes;
CREATE INDEX changes_unsequenced ON changes (recorded_at) WHERE seq IS NULL;
CREATE INDEX changes_organization ON changes (organization, seq);
DROP INDEX observations_key;
CREATE UNIQUE INDEX observations_key ON observations (indicator, organization, period, breakdown);
