-- Of an account that goes: what it has set.
DELETE FROM user_settings WHERE user_id = :user
