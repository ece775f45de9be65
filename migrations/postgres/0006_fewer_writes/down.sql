DROP INDEX changes_seq;
DROP INDEX changes_tasks;
ALTER TABLE changes ADD CONSTRAINT changes_seq_key UNIQUE (seq);
ALTER TABLE changes ADD FOREIGN KEY (organization) REFERENCES organizations (code);
CREATE INDEX changes_organization ON changes (organization, seq);
ALTER TABLE observations RESET (fillfactor);
DROP INDEX observations_key;
CREATE UNIQUE INDEX observations_key ON observations (indicator, organization, period, breakdown);
