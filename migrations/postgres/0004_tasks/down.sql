DROP TABLE inspection_tasks;
DROP TABLE inspections;
DROP TABLE deadline_changes;
DROP TABLE progress_updates;
DROP TABLE tasks;
