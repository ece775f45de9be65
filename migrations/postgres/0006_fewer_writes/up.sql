-- What a write keeps up to date is what a reader asks for.

-- A push and a report are of one period: its figures lie together.
DROP INDEX observations_key;
CREATE UNIQUE INDEX observations_key ON observations (indicator, period, organization, breakdown);
-- A period that is corrected changes every row of a page: with room for them the new versions stay beside the old ones,
-- and no index is written. What is stored already gets the room when the table is next written anew (VACUUM FULL).
ALTER TABLE observations SET (fillfactor = 50);

-- The log repeats the organization of a row that has a reference of its own, and stays as it was written whatever
-- becomes of that row. By organization only tasks are looked up, and an entry without a position not by its position.
ALTER TABLE changes DROP CONSTRAINT changes_organization_fkey;
DROP INDEX changes_organization;
CREATE INDEX changes_tasks ON changes (organization, subject_id, version) WHERE subject = 'task';
ALTER TABLE changes DROP CONSTRAINT changes_seq_key;
CREATE UNIQUE INDEX changes_seq ON changes (seq) WHERE seq IS NOT NULL;
