-- An account by its id.
SELECT id, email, role, active FROM users WHERE id = :id
