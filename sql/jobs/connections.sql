-- The connections a job covers: a user's own or all, of one source or all.
SELECT id, user_id, source, external_id, name, time_zone, credential, complete_through
FROM connections
WHERE status IN ('connected', 'error') AND (:scope = 'all' OR CAST(user_id AS text) = :scope)
  AND (:source = 'all' OR source = :source)
ORDER BY user_id, source, external_id
