-- Not missed after all: a clock that was ahead has said so.
DELETE FROM sync_missed WHERE run_date >= :date
