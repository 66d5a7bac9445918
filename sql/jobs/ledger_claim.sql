-- Claim the daily run of a source and date for a job: once, for ever.
INSERT INTO sync_ledger (source, run_date, job_id) VALUES (:source, :date, :job)
ON CONFLICT (source, run_date) DO NOTHING
