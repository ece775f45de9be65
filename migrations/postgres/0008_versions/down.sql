DELETE FROM changes WHERE subject IN ('client', 'calendar');
ALTER TABLE changes DROP COLUMN form;
ALTER TABLE changes ALTER COLUMN organization SET NOT NULL;
ALTER TABLE indicators DROP COLUMN targets_updated_at;
ALTER TABLE clients DROP COLUMN version;
