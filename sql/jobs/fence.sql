-- Only the fencing: windows are written more often than progress is told.
UPDATE sync_jobs SET rows_written = rows_written + :rows
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
