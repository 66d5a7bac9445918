-- What a user has set for himself.
SELECT settings FROM user_settings WHERE user_id = :user
