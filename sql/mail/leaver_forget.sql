-- Of a report or alert that is given up: who had left it.
DELETE FROM mail_leavers WHERE user_id = :user AND origin = :origin
