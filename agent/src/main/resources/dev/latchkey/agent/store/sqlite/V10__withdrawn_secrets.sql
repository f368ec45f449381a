-- Whether an operator took the newest version of a secret away, and nothing became current since.
ALTER TABLE secret ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

CREATE INDEX secret_withdrawn ON secret (name) WHERE withdrawn = 1;

PRAGMA user_version = 10;
