-- The jobs of a list (a JSON array of ids), as they are shown.
SELECT id, source, trigger, status, message, created_at, started_at, finished_at, last_sync_at,
       progress_done, progress_total, rows_written, attempt, scope
FROM sync_jobs
WHERE id IN (SELECT value FROM json_each (:jobs))
