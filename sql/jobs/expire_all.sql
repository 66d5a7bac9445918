-- This process owns the database file, so whatever was running has no worker any more.
UPDATE sync_jobs SET lease_until = :past WHERE status = 'running'
