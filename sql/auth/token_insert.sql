-- A new API token; only its hash is kept.
INSERT INTO api_tokens (id, user_id, name, token_hash, created_at, expires_at)
VALUES (:id, :user, :name, :hash, :now, :expires_at)
