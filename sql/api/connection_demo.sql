-- How many of a user's connections are made up, and how many there are.
SELECT coalesce(sum(demo), 0) AS demo, count(*) AS n FROM connections WHERE user_id = :user
