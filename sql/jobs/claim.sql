-- Take the oldest job whose worker is silent, or else the oldest that waits, a nightly
-- run before what people ask for, and start a lease on it.
-- asked 0: only a nightly run, which must not wait for what people have asked for.
-- What is far in the future was written by a clock that was ahead: nobody waits for that.
UPDATE sync_jobs
SET status = 'running', started_at = coalesce(started_at, :now), claimed_at = :now, attempt = attempt + 1, owner = :owner,
    lease_token = :lease_token, lease_until = :lease_until, not_before = NULL
WHERE id = (SELECT id FROM sync_jobs
            WHERE (:asked = 1 OR trigger IN ('daily', 'cron'))
              AND ((status = 'pending' AND (not_before IS NULL OR not_before <= :now OR not_before > :far))
               OR (status = 'running' AND (lease_until < :now OR lease_until > :far) AND attempt < :most))
            ORDER BY CASE status WHEN 'running' THEN 0 ELSE 1 END,
                     CASE WHEN trigger IN ('daily', 'cron') THEN 0 ELSE 1 END, created_at LIMIT 1)
RETURNING id, source, scope, trigger, attempt, days, started_at, progress_done, progress_total
