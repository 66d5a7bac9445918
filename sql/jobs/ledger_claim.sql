-- Claim the daily run of a source and date for a job: once, for ever, and not while the run of
-- another date of that source is not over (sync_ledger_one_active).
INSERT INTO sync_ledger (source, run_date, job_id) VALUES (:source, :date, :job)
ON CONFLICT DO NOTHING
