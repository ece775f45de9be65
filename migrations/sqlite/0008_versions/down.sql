CREATE TABLE changes_anew (
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    organization TEXT NOT NULL,
    client BLOB,
    request_id TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    content TEXT NOT NULL,
    detail TEXT,
    seq INTEGER,
    PRIMARY KEY (subject, subject_id, version)
) STRICT;
INSERT INTO changes_anew
SELECT subject, subject_id, version, kind, organization, client, request_id, recorded_at, content, detail, seq
FROM changes WHERE subject NOT IN ('client', 'calendar') ORDER BY rowid;
DROP TABLE changes;
ALTER TABLE changes_anew RENAME TO changes;
CREATE INDEX changes_unsequenced ON changes (recorded_at) WHERE seq IS NULL;
CREATE INDEX changes_tasks ON changes (organization, subject_id, version) WHERE subject = 'task';
CREATE UNIQUE INDEX changes_seq ON changes (seq) WHERE seq IS NOT NULL;
ALTER TABLE indicators DROP COLUMN targets_updated_at;
ALTER TABLE clients DROP COLUMN version;
