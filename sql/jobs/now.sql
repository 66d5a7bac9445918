-- The clock of leases is the database's (SQLite: the program's own, see query/now.h).
SELECT clock_timestamp() AS now
