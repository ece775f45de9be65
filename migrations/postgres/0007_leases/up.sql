-- Which instance does what only one may do.

CREATE TABLE leases (
    name text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    token bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    -- For the locks: a new holder raises the token, which is part of a key, and so waits for the transactions that hold the
    -- row FOR KEY SHARE; the holder itself only moves expires_at, and waits for none.
    UNIQUE (name, token)
);
