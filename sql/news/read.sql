-- What was told since, oldest first.
SELECT told_at, id, message FROM news WHERE told_at >= :since ORDER BY told_at, id
