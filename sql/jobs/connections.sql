-- The connections a job covers: a user's own or all, of one source or all; also those
-- that must be reconnected, so that the job names them. Nothing is read for an account that is disabled.
SELECT id, user_id, source, external_id, name, time_zone, credential, complete_through, status, last_error,
       last_success_at, demo
FROM connections
WHERE status <> 'paused' AND (:scope = 'all' OR CAST(user_id AS text) = :scope)
  AND (:source = 'all' OR source = :source)
  AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = connections.user_id AND u.active = 0)
ORDER BY user_id, source, external_id
