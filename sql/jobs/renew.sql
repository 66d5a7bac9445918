-- A heartbeat: the lease goes on, unless somebody else has taken the job.
UPDATE sync_jobs SET lease_until = :lease_until
WHERE id = :id AND lease_token = :lease_token AND status = 'running'
