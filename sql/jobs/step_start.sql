-- The step begins, if the job is still this worker's.
UPDATE sync_steps SET status = 'running', started_at = coalesce(started_at, :now), message = NULL
WHERE job_id = :job AND connection_id = :connection AND status <> 'success'
  AND EXISTS (SELECT 1 FROM sync_jobs j WHERE j.id = :job AND j.lease_token = :lease_token)
