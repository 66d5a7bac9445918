-- A new link to a dashboard, unless the user has so many; only the hash of its secret is kept.
INSERT INTO shares (user_id, id, token_hash, name, created_at, expires_at, uses,
                    period, start_date, end_date, compare, sources, insights, board)
SELECT :user, :id, :hash, :name, :now, :expires_at, 0,
       :period, :start, :end, :compare, :sources, :insights, :board
WHERE (SELECT COUNT(*) FROM shares WHERE user_id = :user) < :most
