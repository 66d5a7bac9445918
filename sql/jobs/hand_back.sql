-- Back to the queue: for a later try, or (attempts 1) because this instance stops.
UPDATE sync_jobs
SET status = 'pending', not_before = :not_before, message = :message, attempt = attempt - :attempts,
    lease_token = NULL, lease_until = NULL
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
