-- Of an account that goes: its board.
DELETE FROM user_dashboard_layouts WHERE user_id = :user
