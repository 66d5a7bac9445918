-- The job has ended, for good.
UPDATE sync_jobs
SET status = :status, finished_at = :now, message = :message, last_sync_at = :last_sync_at,
    lease_token = NULL, lease_until = NULL
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
