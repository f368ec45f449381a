-- Deliveries whose files were changed, or were about to be, and whose program was not told yet.
CREATE TABLE reload_due (delivery TEXT NOT NULL PRIMARY KEY) STRICT;

PRAGMA user_version = 5;
