-- Of an account that goes: who has left its reports and alerts.
DELETE FROM mail_leavers WHERE user_id = :user
