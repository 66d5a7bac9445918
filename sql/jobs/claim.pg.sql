-- The same; two instances that claim at once take two different jobs.
UPDATE sync_jobs
SET status = 'running', started_at = coalesce(started_at, :now), claimed_at = :now, attempt = attempt + 1, owner = :owner,
    lease_token = :lease_token, lease_until = :lease_until, not_before = NULL
WHERE id = (SELECT id FROM sync_jobs
            WHERE (:asked = 1 OR trigger IN ('daily', 'cron'))
              AND ((status = 'pending' AND (not_before IS NULL OR not_before <= :now OR not_before > :far))
               OR (status = 'running' AND (lease_until < :now OR lease_until > :far) AND attempt < :most))
            ORDER BY CASE status WHEN 'running' THEN 0 ELSE 1 END,
                     CASE WHEN trigger IN ('daily', 'cron') THEN 0 ELSE 1 END, created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, source, scope, trigger, attempt, days, started_at, progress_done, progress_total
