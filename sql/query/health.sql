-- How the sync does: the oldest moment since which a job could run and nobody takes it (and such a
-- daily one), jobs that are stuck (their worker is silent and nobody takes over, or has worked for
-- too long), and how many dates have had no daily run of their own.
SELECT
    (SELECT min(coalesce(not_before, created_at)) FROM sync_jobs WHERE status = 'pending') AS oldest_pending,
    (SELECT min(coalesce(not_before, created_at)) FROM sync_jobs
     WHERE status = 'pending' AND trigger IN ('daily', 'cron')) AS oldest_daily,
    (SELECT count(*) FROM sync_jobs
     WHERE status = 'running' AND (lease_until < :silent OR claimed_at < :long)) AS stuck,
    (SELECT count(*) FROM sync_missed WHERE caught_up_by IS NULL) AS missed,
    (SELECT count(*) FROM sync_missed WHERE caught_up_by IS NOT NULL) AS caught_up
