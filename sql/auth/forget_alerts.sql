-- Of an account that goes: its alerts.
DELETE FROM alerts WHERE user_id = :user
