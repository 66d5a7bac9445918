-- Give up a target.
DELETE FROM targets WHERE user_id = :user AND id = :id
