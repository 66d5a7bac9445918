-- Jobs that wait for another attempt, jobs that have ended since then, and when a backup was last made.
SELECT
    (SELECT count(*) FROM sync_jobs WHERE status = 'pending' AND attempt > 0) AS retrying,
    (SELECT count(*) FROM sync_jobs WHERE status = 'failed' AND finished_at >= :since) AS failed,
    (SELECT count(*) FROM sync_jobs WHERE status = 'success' AND finished_at >= :since) AS succeeded,
    (SELECT updated_at FROM app_settings WHERE key = 'last_backup') AS last_backup
