-- An active daily run that covers the source ('all': any of them).
SELECT id FROM sync_jobs
WHERE status IN ('pending', 'running') AND trigger IN ('daily', 'cron')
  AND (source = :source OR source = 'all' OR :source = 'all')
LIMIT 1
