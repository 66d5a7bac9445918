-- These are made up.
UPDATE connections SET demo = 1 WHERE user_id = :user
