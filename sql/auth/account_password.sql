-- Set an account's password.
UPDATE users SET password_hash = :password_hash WHERE id = :id
