-- The job has ended, for good. What it synced is as fresh as its newest step.
UPDATE sync_jobs
SET status = :status, finished_at = :now, message = :message, lease_token = NULL, lease_until = NULL,
    progress_total = CASE WHEN :total > 0 THEN :total ELSE progress_total END,
    progress_done = CASE WHEN :total > 0 THEN CASE WHEN :status = 'success' THEN :total ELSE :done END
                         WHEN :status = 'success' THEN progress_total ELSE progress_done END,
    last_sync_at = CASE WHEN :status = 'success' THEN coalesce(
        (SELECT max(c.last_success_at) FROM sync_steps s JOIN connections c ON c.id = s.connection_id
         WHERE s.job_id = sync_jobs.id AND s.status = 'success'), :now) END
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
