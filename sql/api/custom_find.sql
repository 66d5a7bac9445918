-- One of them.
SELECT definition FROM user_widgets WHERE user_id = :user AND key = :key
