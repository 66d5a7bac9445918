-- The daily runs of a job are over.
UPDATE sync_ledger SET finished_at = :now WHERE job_id = :job
