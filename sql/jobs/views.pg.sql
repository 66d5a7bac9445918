-- The same; a JSON array is taken apart by another function.
SELECT id, source, trigger, status, message, created_at, started_at, finished_at, last_sync_at,
       progress_done, progress_total, rows_written, attempt, scope
FROM sync_jobs
WHERE id IN (SELECT cast(value AS uuid) FROM json_array_elements_text (cast(:jobs AS json)) AS list (value))
