-- Which instance does what only one may do. A file is served by one process, which leads without asking: the table is
-- here so that both databases have the same.

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    UNIQUE (name, token)
) STRICT;
