-- The same; a JSON array is taken apart by another function.
SELECT token_hash FROM api_tokens
WHERE token_hash IN (SELECT json_array_elements_text (cast(:hashes AS json)))
  AND (expires_at IS NULL OR expires_at > :now)
UNION ALL
SELECT s.token_hash FROM sessions s JOIN users u ON u.id = s.user_id
WHERE s.token_hash IN (SELECT json_array_elements_text (cast(:hashes AS json))) AND s.expires_at > :now
