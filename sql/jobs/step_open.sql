-- A step a connection; one that is there already (an earlier attempt) stays as it is.
INSERT INTO sync_steps (job_id, connection_id, user_id, status) VALUES (:job, :connection, :user, 'pending')
ON CONFLICT (job_id, connection_id) DO NOTHING
