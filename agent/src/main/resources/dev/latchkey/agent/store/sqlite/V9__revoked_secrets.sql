-- Which secrets of a delivery were good no more since it was written. Where only that one was is known, each may be it.
CREATE TABLE file_delivery_revoked (
  delivery TEXT NOT NULL,
  secret TEXT NOT NULL,
  PRIMARY KEY (delivery, secret)
) STRICT, WITHOUT ROWID;

INSERT INTO file_delivery_revoked (delivery, secret)
  SELECT file_delivery.name, secret.name FROM file_delivery, secret WHERE file_delivery.revoked = 1;

ALTER TABLE file_delivery DROP COLUMN revoked;

PRAGMA user_version = 9;
