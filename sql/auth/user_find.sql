-- An account by its e-mail (in lower case).
SELECT id, email, password_hash, role, created_at, active FROM users WHERE email = :email
