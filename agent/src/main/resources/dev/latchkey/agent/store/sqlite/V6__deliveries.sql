-- What a delivery into files has to know after a restart: where it wrote, what it did there (MISSING for nothing), and
-- whether files changed, or were about to, without their program having been told.
CREATE TABLE file_delivery (
  name TEXT NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,
  condition TEXT NOT NULL CHECK (condition IN ('MISSING', 'WRITTEN', 'BLANKED', 'REMOVED')),
  reload_due INTEGER NOT NULL CHECK (reload_due IN (0, 1))
) STRICT;

INSERT INTO file_delivery (name, path, condition, reload_due) SELECT delivery, '/', 'MISSING', 1 FROM reload_due;

DROP TABLE reload_due;

PRAGMA user_version = 6;
