-- For which login a token is of use: a digest of the server's addresses, the namespace and the
-- names that the agent logs in by, or empty for a row that is older than this column.
ALTER TABLE token ADD COLUMN bound_to TEXT NOT NULL DEFAULT '';

-- What a login could have once only, such as what a wrapping token opened. Sealed: what it was had
-- from, and itself.
CREATE TABLE opened (
  backend       TEXT PRIMARY KEY,
  bound_to      TEXT NOT NULL,
  sealed_source BLOB NOT NULL,
  sealed_value  BLOB NOT NULL,
  used          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 3;
