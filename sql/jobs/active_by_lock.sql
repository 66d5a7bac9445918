-- The active job that holds this lock, if any.
SELECT id FROM sync_jobs WHERE lock_key = :lock_key AND status IN ('pending', 'running')
