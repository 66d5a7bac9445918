-- The step is over, or waits for the next attempt (pending).
UPDATE sync_steps SET status = :status, message = :message, finished_at = :now
WHERE job_id = :job AND connection_id = :connection
