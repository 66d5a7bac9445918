-- The step has written rows.
UPDATE sync_steps SET rows = rows + :rows WHERE job_id = :job AND connection_id = :connection
