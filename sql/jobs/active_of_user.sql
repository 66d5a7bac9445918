-- The newest active job that this user may see.
SELECT id FROM sync_jobs
WHERE status IN ('pending', 'running') AND scope IN (:user, 'all')
ORDER BY created_at DESC LIMIT 1
