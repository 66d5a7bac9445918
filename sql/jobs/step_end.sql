-- The step is over, or waits for the next attempt (pending), if the job is still this worker's.
UPDATE sync_steps SET status = :status, message = :message, finished_at = :now
WHERE job_id = :job AND connection_id = :connection
  AND EXISTS (SELECT 1 FROM sync_jobs j WHERE j.id = :job AND j.lease_token = :lease_token)
