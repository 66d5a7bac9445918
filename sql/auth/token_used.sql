-- Remember that a token is in use, at most once a minute.
UPDATE api_tokens SET last_used_at = :now WHERE token_hash = :hash AND (last_used_at IS NULL OR last_used_at < :before)
