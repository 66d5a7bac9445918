-- Which days are stored, and for how many of the user's Instagram accounts? Fewer than there are: some are missing.
SELECT d.date AS date, COUNT(DISTINCT d.account_id) AS accounts
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
ORDER BY d.date
