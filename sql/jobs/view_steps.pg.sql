-- The same; a JSON array is taken apart by another function.
SELECT s.connection_id, c.source, coalesce(c.name, c.external_id) AS name, s.status, s.rows, s.message,
       s.started_at, s.finished_at, s.job_id, s.user_id, c.external_id
FROM sync_steps s JOIN connections c ON c.id = s.connection_id AND c.user_id = s.user_id
WHERE s.job_id IN (SELECT cast(value AS uuid) FROM json_array_elements_text (cast(:jobs AS json)) AS list (value))
  AND s.user_id IN (SELECT cast(value AS uuid) FROM json_array_elements_text (cast(:users AS json)) AS list (value))
ORDER BY c.source, c.external_id
