-- A page of the jobs that a user may see, newest first; those before a job of his, if one is given.
SELECT id, created_at FROM sync_jobs
WHERE scope IN (:scope, 'all')
  AND (:before = '' OR (created_at, cast(id AS text)) < (SELECT created_at, cast(id AS text) FROM sync_jobs
                                                          WHERE cast(id AS text) = :before AND scope IN (:scope, 'all')))
ORDER BY created_at DESC, cast(id AS text) DESC
LIMIT :most
