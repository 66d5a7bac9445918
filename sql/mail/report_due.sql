-- The reports whose time has come, those that have waited longest first.
SELECT user_id, id, next_at
FROM reports
WHERE next_at <= :now
ORDER BY next_at LIMIT 50
