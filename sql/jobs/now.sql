-- The clock of leases is the database's (SQLite: the program's own, see jobs/lease.h).
SELECT clock_timestamp() AS now
