-- Of an account that goes: its notes.
DELETE FROM annotations WHERE user_id = :user
