-- The first account, which administers; nothing if there is one already.
INSERT INTO users (id, email, password_hash, role, created_at)
SELECT CAST(:id AS uuid), :email, :password_hash, 'admin', CAST(:now AS timestamptz)
WHERE NOT EXISTS (SELECT 1 FROM users)
