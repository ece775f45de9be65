-- Who may call, with what, and the answers kept for a repeated call.

CREATE TABLE clients (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    organization text COLLATE "C" NOT NULL REFERENCES organizations (code),
    source text COLLATE "C" UNIQUE,
    scopes text NOT NULL,
    secret_hash text,
    jwks text,
    status text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX clients_organization ON clients (organization);

CREATE TABLE signing_keys (
    kid text COLLATE "C" PRIMARY KEY,
    private_key text NOT NULL,
    not_before timestamptz NOT NULL
);

CREATE TABLE revoked_tokens (
    jti text COLLATE "C" PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX revoked_tokens_expires_at ON revoked_tokens (expires_at);

CREATE TABLE used_assertions (
    client uuid NOT NULL REFERENCES clients (id),
    jti text COLLATE "C" NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client, jti)
);
CREATE INDEX used_assertions_expires_at ON used_assertions (expires_at);

CREATE TABLE idempotency_keys (
    client uuid NOT NULL REFERENCES clients (id),
    key text COLLATE "C" NOT NULL,
    fingerprint text NOT NULL,
    status integer NOT NULL,
    location text,
    etag text,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (client, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
