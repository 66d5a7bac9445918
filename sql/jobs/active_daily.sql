-- A daily run that covers the source ('all': any of them) and is at work. One that waits hours
-- for a platform's quota is not: it holds nobody up.
SELECT j.id
FROM sync_ledger l JOIN sync_jobs j ON j.id = l.job_id
WHERE l.finished_at IS NULL AND (l.source = :source OR :source = 'all')
  AND (j.status = 'running' OR (j.status = 'pending' AND (j.not_before IS NULL OR j.not_before <= :now)))
LIMIT 1
