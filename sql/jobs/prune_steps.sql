-- The steps of the oldest jobs that ended before that instant.
DELETE FROM sync_steps
WHERE job_id IN (SELECT id FROM sync_jobs
                 WHERE status IN ('success', 'failed') AND finished_at < :before
                 ORDER BY finished_at, id LIMIT :most)
