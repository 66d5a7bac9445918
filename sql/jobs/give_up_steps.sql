-- What the jobs that were given up just now have left half done.
UPDATE sync_steps SET status = 'failed', finished_at = :now
WHERE status IN ('pending', 'running')
  AND job_id IN (SELECT id FROM sync_jobs WHERE status = 'failed' AND finished_at = :now)
