-- What a write keeps up to date is what a reader asks for.

-- A push and a report are of one period: its figures lie together.
DROP INDEX observations_key;
CREATE UNIQUE INDEX observations_key ON observations (indicator, period, organization, breakdown);

-- The log repeats the organization of a row that has a reference of its own, and stays as it was written whatever
-- becomes of that row. By organization only tasks are looked up, and an entry without a position not by its position.
-- Neither constraint can be dropped from a table, so it is written anew.
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
INSERT INTO changes_anew SELECT * FROM changes ORDER BY rowid;
DROP TABLE changes;
ALTER TABLE changes_anew RENAME TO changes;
CREATE INDEX changes_unsequenced ON changes (recorded_at) WHERE seq IS NULL;
CREATE INDEX changes_tasks ON changes (organization, subject_id, version) WHERE subject = 'task';
CREATE UNIQUE INDEX changes_seq ON changes (seq) WHERE seq IS NOT NULL;
