-- Of an account that goes: its targets.
DELETE FROM targets WHERE user_id = :user
