-- A user's sessions, the last used first.
SELECT token_hash, created_at, expires_at, last_used_at FROM sessions
WHERE user_id = :user AND expires_at > :now ORDER BY last_used_at DESC
