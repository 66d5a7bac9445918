-- Of listed API tokens and sessions (a JSON array of hashes), those that are still good.
SELECT token_hash FROM api_tokens
WHERE token_hash IN (SELECT value FROM json_each (:hashes)) AND (expires_at IS NULL OR expires_at > :now)
UNION ALL
SELECT s.token_hash FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash IN (SELECT value FROM json_each (:hashes)) AND s.expires_at > :now
