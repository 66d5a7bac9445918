-- A daily run that covers the source ('all': any of them) and is at work. One that waits hours
-- for a platform's quota is not: it holds nobody up.
SELECT id FROM sync_jobs
WHERE trigger IN ('daily', 'cron')
  AND (status = 'running' OR (status = 'pending' AND (not_before IS NULL OR not_before <= :now)))
  AND (source = :source OR source = 'all' OR :source = 'all')
LIMIT 1
