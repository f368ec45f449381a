-- Deliveries that are being written for the first time are told apart from those that are written.
CREATE TABLE file_delivery_next (
  name TEXT NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,
  condition TEXT NOT NULL CHECK (condition IN ('MISSING', 'WRITING', 'WRITTEN', 'BLANKED', 'REMOVED')),
  reload_due INTEGER NOT NULL CHECK (reload_due IN (0, 1)),
  revoked INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT;

INSERT INTO file_delivery_next (name, path, condition, reload_due, revoked)
  SELECT name, path, condition, reload_due, revoked FROM file_delivery;

DROP TABLE file_delivery;

ALTER TABLE file_delivery_next RENAME TO file_delivery;

PRAGMA user_version = 8;
