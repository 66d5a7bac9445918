-- The stored form of an account's password.
SELECT password_hash FROM users WHERE id = :id
