-- Instants are nanoseconds since 1970, null for none. "sealed" columns hold AES-256-GCM ciphertexts whose associated
-- data is their place: table, name, version.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The last id given to each secret, with a keyed digest of its value; kept = 0 when the value itself is not.
CREATE TABLE secret (
  name     TEXT PRIMARY KEY,
  version  INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  kept     INTEGER NOT NULL,
  digest   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE version (
  secret               TEXT NOT NULL,
  version              INTEGER NOT NULL,
  revision             INTEGER NOT NULL,
  sealed_content       BLOB NOT NULL,
  backend_version      TEXT NOT NULL,
  leased_at            INTEGER,
  expires_at           INTEGER,
  renewable            INTEGER NOT NULL,
  issued_at            INTEGER NOT NULL,
  published_at         INTEGER NOT NULL,
  previous_valid_until INTEGER,
  rolled_back_from     INTEGER NOT NULL,
  cause                TEXT NOT NULL,
  confirmed_at         INTEGER NOT NULL,
  PRIMARY KEY (secret, version)
) STRICT;

CREATE INDEX version_by_backend ON version (secret, backend_version);

CREATE TABLE request (
  place   INTEGER PRIMARY KEY AUTOINCREMENT,
  id      TEXT NOT NULL UNIQUE,
  secret  TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT;

CREATE INDEX request_by_secret ON request (secret, version);

CREATE TABLE holding (
  holder       TEXT NOT NULL,
  kind         TEXT NOT NULL,
  secret       TEXT NOT NULL,
  version      INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL,
  acknowledges INTEGER NOT NULL,
  identity     TEXT NOT NULL,
  PRIMARY KEY (holder, kind, secret)
) STRICT, WITHOUT ROWID;

CREATE INDEX holding_by_secret ON holding (secret, version);

CREATE TABLE subscription (
  place        INTEGER PRIMARY KEY AUTOINCREMENT,
  id           TEXT NOT NULL UNIQUE,
  uid          INTEGER NOT NULL,
  gid          INTEGER NOT NULL,
  acknowledges INTEGER NOT NULL
) STRICT;

CREATE TABLE keyring (
  name          TEXT PRIMARY KEY,
  sealed_keyset BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rotation (
  place            INTEGER PRIMARY KEY AUTOINCREMENT,
  id               TEXT NOT NULL UNIQUE,
  secret           TEXT NOT NULL,
  kind             TEXT NOT NULL,
  step             TEXT NOT NULL,
  ended            INTEGER NOT NULL,
  login            TEXT NOT NULL,
  sealed_candidate BLOB,
  previous_login   TEXT NOT NULL,
  previous_version INTEGER NOT NULL,
  version          INTEGER NOT NULL,
  rolled_back_from INTEGER NOT NULL,
  request          TEXT NOT NULL,
  actor            TEXT NOT NULL,
  started_at       INTEGER NOT NULL,
  step_at          INTEGER NOT NULL,
  published_at     INTEGER,
  retire_at        INTEGER,
  ended_sessions   INTEGER NOT NULL,
  failure          TEXT NOT NULL
) STRICT;

CREATE INDEX rotation_by_secret ON rotation (secret, place);

-- One link of the audit chain a row: the bytes of the record, its tag and the mac that ties it to the row before.
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  record   BLOB NOT NULL,
  tag      BLOB NOT NULL,
  mac      BLOB NOT NULL
) STRICT;

PRAGMA user_version = 1;
