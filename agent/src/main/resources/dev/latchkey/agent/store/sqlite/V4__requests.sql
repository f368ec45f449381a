-- What a request asked for that made nothing current, such as 'delete 3'; empty for one that did.
ALTER TABLE request ADD COLUMN asked TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 4;
