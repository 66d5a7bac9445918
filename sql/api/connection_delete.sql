-- Forget a connection.
DELETE FROM connections WHERE user_id = :user AND id = :id
