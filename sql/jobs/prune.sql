-- And these jobs themselves. The ledger keeps its rows, so no date is ever run again.
DELETE FROM sync_jobs
WHERE id IN (SELECT id FROM sync_jobs
             WHERE status IN ('success', 'failed') AND finished_at < :before
             ORDER BY finished_at, id LIMIT :most)
