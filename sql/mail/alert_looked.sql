-- An alert has looked at the numbers of that sync.
UPDATE alerts SET looked_at = :synced
WHERE user_id = :user AND id = :id AND (looked_at IS NULL OR looked_at < :synced)
