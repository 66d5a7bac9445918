-- How many notes has the user?
SELECT COUNT(*) FROM annotations WHERE user_id = :user
