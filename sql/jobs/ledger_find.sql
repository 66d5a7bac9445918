-- Who has the daily run of a source and date, and how far it is; or who keeps it from starting.
SELECT l.job_id, j.status
FROM sync_ledger l LEFT JOIN sync_jobs j ON j.id = l.job_id
WHERE l.source = :source AND (l.run_date = :date OR l.finished_at IS NULL)
ORDER BY CASE WHEN l.run_date = :date THEN 0 ELSE 1 END LIMIT 1
