-- Where a job stands, for whoever started it.
SELECT status, message, progress_done, progress_total, rows_written FROM sync_jobs WHERE id = :id
