-- What nobody will end any more: a job whose workers died too often, so that it cannot loop, and a
-- cancelled one that nobody works on.
UPDATE sync_jobs
SET status = 'failed', finished_at = :now, lease_token = NULL, lease_until = NULL,
    message = CASE WHEN cancelled_at IS NULL THEN :message ELSE 'Cancelled' END
WHERE (status = 'running' AND (lease_until < :now OR lease_until > :far) AND (attempt >= :most OR cancelled_at IS NOT NULL))
   OR (status = 'pending' AND cancelled_at IS NOT NULL)
