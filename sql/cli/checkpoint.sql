-- Empty the journal into the file (SQLite): 1 if somebody who reads it is in the way.
PRAGMA wal_checkpoint(TRUNCATE)
