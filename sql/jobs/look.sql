-- Does somebody want a running job to end?
SELECT CASE WHEN cancelled_at IS NULL THEN 0 ELSE 1 END AS cancelled
FROM sync_jobs
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
