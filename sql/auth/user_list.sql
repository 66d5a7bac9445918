-- All accounts.
SELECT id, email, role, created_at FROM users ORDER BY email
