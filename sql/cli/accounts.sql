-- Every connected account, and what is known of how it does.
SELECT source, coalesce(name, external_id) AS name, status, last_error, expires_at, last_success_at
FROM connections
ORDER BY source, name, id
