-- This user's own steps of a job, in a stable order.
SELECT s.connection_id, c.source, coalesce(c.name, c.external_id) AS name, s.status, s.rows, s.message,
       s.started_at, s.finished_at
FROM sync_steps s JOIN connections c ON c.id = s.connection_id
WHERE s.job_id = :id AND s.user_id = :user AND c.user_id = :user
ORDER BY c.source, c.external_id
