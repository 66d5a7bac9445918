-- Revoke one of a user's tokens.
DELETE FROM api_tokens WHERE id = :id AND user_id = :user
