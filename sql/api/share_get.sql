-- One of a user's links.
SELECT id, name, created_at, expires_at, last_used_at, uses, period, start_date, end_date, compare, sources, insights
FROM shares WHERE user_id = :user AND id = :id
