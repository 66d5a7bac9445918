-- Of an account that goes: its reports.
DELETE FROM reports WHERE user_id = :user
