-- The widgets that a user has made.
SELECT key, definition FROM user_widgets WHERE user_id = :user ORDER BY key
