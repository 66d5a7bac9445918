-- The hash under which a token is remembered, to forget it.
SELECT token_hash FROM api_tokens WHERE id = :id AND user_id = :user
