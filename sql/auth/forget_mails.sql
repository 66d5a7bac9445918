-- Of an account that goes: its mails.
DELETE FROM mails WHERE user_id = :user
