-- Is the database there?
SELECT 1 AS alive
