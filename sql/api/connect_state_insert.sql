-- A browser leaves for a consent page.
INSERT INTO connect_states (state_hash, user_id, source, verifier, expires_at)
VALUES (:hash, :user, :source, :verifier, :expires_at)
