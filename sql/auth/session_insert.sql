-- A new session; only the hash of its cookie is kept.
INSERT INTO sessions (token_hash, user_id, created_at, expires_at, last_used_at)
VALUES (:hash, :user, :now, :expires_at, :now)
