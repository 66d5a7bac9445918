-- One of a user's connections, without its credential.
SELECT id, source, external_id, name, currency, time_zone, status, expires_at, last_success_at, last_error,
       complete_through, created_at, demo
FROM connections WHERE user_id = :user AND id = :id
