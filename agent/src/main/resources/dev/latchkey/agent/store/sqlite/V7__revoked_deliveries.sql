-- Whether a delivery was taken back since a secret of it was good no more, so that what is served on stale does not bring it back.
ALTER TABLE file_delivery ADD COLUMN revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1));

PRAGMA user_version = 7;
