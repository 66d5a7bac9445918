-- Whose accounts a job syncs.
SELECT scope FROM sync_jobs WHERE id = :id
