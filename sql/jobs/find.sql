-- One job, if this user may see it.
SELECT id, source, trigger, status, message, created_at, started_at, finished_at, last_sync_at,
       progress_done, progress_total, rows_written, attempt, scope
FROM sync_jobs
WHERE id = :id AND scope IN (:user, 'all')
