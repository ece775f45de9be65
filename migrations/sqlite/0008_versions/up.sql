-- Every resource has versions, and every version an entry. What has no entry yet gets its first from the program, which
-- knows the wire forms, right after this.
ALTER TABLE clients ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
-- When the set of targets was last given: time does not run backwards in it either.
ALTER TABLE indicators ADD COLUMN targets_updated_at INTEGER;
UPDATE indicators SET targets_updated_at = (
    SELECT max(recorded_at) FROM changes WHERE subject = 'targets' AND subject_id = indicators.code
) WHERE targets_version > 0;

-- A calendar belongs to no organization. The form numbers the shape of the content, so that what was written in an
-- earlier shape stays readable; all that is there is of the first. Neither can be said of a table that is there, so it is
-- written anew.
CREATE TABLE changes_anew (
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    organization TEXT,
    client BLOB,
    request_id TEXT NOT NULL,
    recorded_at INTEGER NOT NULL,
    form INTEGER NOT NULL,
    content TEXT NOT NULL,
    detail TEXT,
    seq INTEGER,
    PRIMARY KEY (subject, subject_id, version)
) STRICT;
INSERT INTO changes_anew
SELECT subject, subject_id, version, kind, organization, client, request_id, recorded_at, 1, content, detail, seq
FROM changes ORDER BY rowid;
DROP TABLE changes;
ALTER TABLE changes_anew RENAME TO changes;
CREATE INDEX changes_unsequenced ON changes (recorded_at) WHERE seq IS NULL;
CREATE INDEX changes_tasks ON changes (organization, subject_id, version) WHERE subject = 'task';
CREATE UNIQUE INDEX changes_seq ON changes (seq) WHERE seq IS NOT NULL;
