DROP TABLE idempotency_keys;
DROP TABLE used_assertions;
DROP TABLE revoked_tokens;
DROP TABLE signing_keys;
DROP TABLE clients;
