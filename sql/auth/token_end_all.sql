-- Revoke all API tokens of a user.
DELETE FROM api_tokens WHERE user_id = :user
