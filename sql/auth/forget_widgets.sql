-- Of an account that goes: its own widgets.
DELETE FROM user_widgets WHERE user_id = :user
