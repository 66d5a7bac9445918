-- A user's API tokens, newest first.
SELECT id, name, created_at, expires_at, last_used_at FROM api_tokens WHERE user_id = :user ORDER BY created_at DESC, id
