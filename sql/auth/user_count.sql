-- How many accounts there are.
SELECT count(*) AS n FROM users
