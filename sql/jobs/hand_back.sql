-- Back to the queue: for a later try, or (attempts 1) because this attempt is not to blame.
UPDATE sync_jobs
SET status = 'pending', not_before = :not_before, message = :message, attempt = attempt - :attempts,
    progress_total = CASE WHEN :total > 0 THEN :total ELSE progress_total END,
    progress_done = CASE WHEN :total > 0 THEN :done ELSE progress_done END,
    lease_token = NULL, lease_until = NULL
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
