-- Every resource has versions, and every version an entry. What has no entry yet gets its first from the program, which
-- knows the wire forms, right after this.
ALTER TABLE clients ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE clients ALTER COLUMN version DROP DEFAULT;
-- When the set of targets was last given: time does not run backwards in it either.
ALTER TABLE indicators ADD COLUMN targets_updated_at timestamptz;
UPDATE indicators SET targets_updated_at = (
    SELECT max(recorded_at) FROM changes WHERE subject = 'targets' AND subject_id = indicators.code
) WHERE targets_version > 0;

-- A calendar belongs to no organization. The form numbers the shape of the content, so that what was written in an
-- earlier shape stays readable; all that is there is of the first.
ALTER TABLE changes ALTER COLUMN organization DROP NOT NULL;
ALTER TABLE changes ADD COLUMN form smallint NOT NULL DEFAULT 1;
ALTER TABLE changes ALTER COLUMN form DROP DEFAULT;
