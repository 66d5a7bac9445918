-- A job whose workers died too often ends, so that it cannot loop.
UPDATE sync_jobs
SET status = 'failed', finished_at = :now, lease_until = NULL, message = :message
WHERE status = 'running' AND lease_until < :now AND attempt >= :most
