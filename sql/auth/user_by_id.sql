-- An account by its id.
SELECT id, email, role FROM users WHERE id = :id
