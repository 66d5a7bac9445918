-- The job has ended for good, so nothing of it waits or runs any more.
UPDATE sync_steps SET status = 'failed', finished_at = :now
WHERE job_id = :job AND status IN ('pending', 'running')
  AND job_id IN (SELECT id FROM sync_jobs WHERE status IN ('success', 'failed'))
