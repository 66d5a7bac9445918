-- The steps of listed jobs that belong to listed users (JSON arrays of ids), in a stable order.
SELECT s.connection_id, c.source, coalesce(c.name, c.external_id) AS name, s.status, s.rows, s.message,
       s.started_at, s.finished_at, s.job_id, s.user_id, c.external_id
FROM sync_steps s JOIN connections c ON c.id = s.connection_id AND c.user_id = s.user_id
WHERE s.job_id IN (SELECT value FROM json_each (:jobs)) AND s.user_id IN (SELECT value FROM json_each (:users))
ORDER BY c.source, c.external_id
