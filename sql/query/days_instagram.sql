-- Which days are stored? A row for each day and account of the user that has it.
SELECT d.date AS date
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
