-- Which days are stored? A row for each day and ad account of the user that has it, however many campaigns.
SELECT d.date AS date
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.account_id, d.date
