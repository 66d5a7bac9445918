-- Whose session is this?
SELECT s.user_id, u.role, s.expires_at, u.email
FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash = :hash AND s.expires_at > :now AND u.active = 1
