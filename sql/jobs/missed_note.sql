-- A date that nobody started.
INSERT INTO sync_missed (run_date, caught_up_by, noted_at) VALUES (:date, :by, :now)
ON CONFLICT (run_date) DO NOTHING
