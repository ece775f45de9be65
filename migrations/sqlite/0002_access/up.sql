-- Who may call, with what, and the answers kept for a repeated call.

CREATE TABLE clients (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    organization TEXT NOT NULL REFERENCES organizations (code),
    source TEXT UNIQUE,
    scopes TEXT NOT NULL,
    secret_hash TEXT,
    jwks TEXT,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX clients_organization ON clients (organization);

CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    private_key TEXT NOT NULL,
    not_before INTEGER NOT NULL
) STRICT;

CREATE TABLE revoked_tokens (
    jti TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX revoked_tokens_expires_at ON revoked_tokens (expires_at);

CREATE TABLE used_assertions (
    client BLOB NOT NULL REFERENCES clients (id),
    jti TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (client, jti)
) STRICT;
CREATE INDEX used_assertions_expires_at ON used_assertions (expires_at);

CREATE TABLE idempotency_keys (
    client BLOB NOT NULL REFERENCES clients (id),
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (client, key)
) STRICT;
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
