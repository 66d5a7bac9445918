-- End the sessions of a user but for this one.
DELETE FROM sessions WHERE user_id = :user AND token_hash <> :keep
