-- Which dashboard does this link show? One that has ended, or whose account is disabled, is as unknown as one that
-- never was.
SELECT id, name, created_at, expires_at, last_used_at, uses, period, start_date, end_date, compare, sources, insights,
       user_id, board
FROM shares WHERE token_hash = :hash AND expires_at > :now
  AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = shares.user_id AND u.active = 0)
