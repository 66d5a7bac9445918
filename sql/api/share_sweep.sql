-- A user's links that ended long ago, which he has seen ended.
DELETE FROM shares WHERE user_id = :user AND expires_at < :before
