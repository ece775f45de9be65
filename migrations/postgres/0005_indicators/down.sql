DROP TABLE observations;
DROP TABLE indicator_targets;
DROP TABLE indicators;
