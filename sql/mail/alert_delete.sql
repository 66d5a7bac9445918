-- Give up an alert.
DELETE FROM alerts WHERE user_id = :user AND id = :id
