-- The ledger: leases, and the intents to ask for one (lease_id empty). Durations are nanoseconds.
CREATE TABLE lease (
  place          INTEGER PRIMARY KEY AUTOINCREMENT,
  id             TEXT NOT NULL UNIQUE,
  secret         TEXT NOT NULL,
  backend        TEXT NOT NULL,
  path           TEXT NOT NULL,
  lease_id       TEXT NOT NULL,
  stage          TEXT NOT NULL,
  version        INTEGER NOT NULL,
  parent         TEXT NOT NULL,
  parent_ends_at INTEGER,
  issued_at      INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL,
  granted        INTEGER NOT NULL,
  extensible     INTEGER NOT NULL,
  retire_at      INTEGER
) STRICT;

-- The agent's own tokens, so that a restart needs no second login. Sealed: the token's value alone.
CREATE TABLE token (
  backend      TEXT PRIMARY KEY,
  sealed_value BLOB NOT NULL,
  accessor     TEXT NOT NULL,
  issued_at    INTEGER NOT NULL,
  expires_at   INTEGER,
  ends_at      INTEGER,
  life         INTEGER NOT NULL,
  renewable    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 2;
