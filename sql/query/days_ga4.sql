-- Which days are stored, and for how many of the user's GA4 properties? Fewer than there are: some are missing.
SELECT d.date AS date, COUNT(DISTINCT d.property_id) AS accounts
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
ORDER BY d.date
