-- Remember that a session is in use, at most once a minute.
UPDATE sessions SET last_used_at = :now WHERE token_hash = :hash AND last_used_at < :before
