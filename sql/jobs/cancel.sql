-- Somebody wants the job to end: one that waits has ended, a running one is told so.
UPDATE sync_jobs
SET cancelled_at = coalesce(cancelled_at, :now),
    finished_at = CASE WHEN status = 'pending' THEN coalesce(finished_at, :now) END,
    message = CASE WHEN status = 'pending' THEN 'Cancelled' ELSE 'Being cancelled' END,
    status = CASE WHEN status = 'pending' THEN 'failed' ELSE status END
WHERE id = :id AND status IN ('pending', 'running') AND (:admin = 1 OR scope = :user)
