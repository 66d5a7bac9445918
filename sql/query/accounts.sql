-- Which accounts has the user connected, in what state, and how far do their days reach?
SELECT source, external_id, name, time_zone, status, last_success_at, complete_through
FROM connections
WHERE user_id = :user
ORDER BY source, external_id
