-- Revoke one of a user's links.
DELETE FROM shares WHERE user_id = :user AND id = :id
