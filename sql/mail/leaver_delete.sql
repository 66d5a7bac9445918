-- Its owner lets somebody in again who had left.
DELETE FROM mail_leavers WHERE user_id = :user AND origin = :origin AND recipient = :recipient
