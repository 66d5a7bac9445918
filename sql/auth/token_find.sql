-- Whose API token is this, and may he be an administrator?
SELECT t.user_id, coalesce(u.role, 'user') AS role, t.expires_at, u.email
FROM api_tokens t LEFT JOIN users u ON u.id = t.user_id
WHERE t.token_hash = :hash AND (t.expires_at IS NULL OR t.expires_at > :now)
  AND coalesce(u.active, 1) = 1
