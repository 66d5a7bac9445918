-- The step begins.
UPDATE sync_steps SET status = 'running', started_at = coalesce(started_at, :now), message = NULL
WHERE job_id = :job AND connection_id = :connection AND status <> 'success'
