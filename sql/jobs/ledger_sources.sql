-- The sources whose daily run a job has claimed.
SELECT source FROM sync_ledger WHERE job_id = :job ORDER BY source
