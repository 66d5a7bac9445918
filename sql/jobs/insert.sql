-- Start a job by writing its row; the engine finds it.
INSERT INTO sync_jobs (id, created_at, source, scope, trigger, requested_by, status, message, lock_key, run_key, days)
VALUES (:id, :now, :source, :scope, :trigger, :requested_by, 'pending', :message, :lock_key, :run_key, :days)
