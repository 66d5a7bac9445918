-- Of a report or alert that is given up: all that was and is to be sent.
DELETE FROM mails WHERE user_id = :user AND origin = :origin
