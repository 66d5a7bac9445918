-- End all sessions of an account.
DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = :email)
