-- A user's connections, without their credentials.
SELECT id, source, external_id, name, currency, time_zone, status, expires_at, last_success_at, last_error,
       complete_through, created_at, demo
FROM connections WHERE user_id = :user ORDER BY source, external_id
