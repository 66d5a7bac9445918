-- Fencing, and what people see: inside a worker's transaction, is the job still this worker's?
-- 0 rows: stop. Several may write of one job at once, and whoever knows less comes last.
UPDATE sync_jobs
SET progress_done = CASE WHEN :done > progress_done THEN :done ELSE progress_done END, progress_total = :total, rows_written = rows_written + :rows,
    message = CASE WHEN cancelled_at IS NULL THEN :message ELSE message END
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
