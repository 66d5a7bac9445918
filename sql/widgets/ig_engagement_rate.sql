-- Interactions and reach by day: the rate is one over the other, of the accounts that gave both.
SELECT 0 AS period, d.date AS date,
       CAST(SUM(CASE WHEN d.reach IS NOT NULL THEN d.total_interactions END) AS bigint) AS num,
       CAST(SUM(CASE WHEN d.total_interactions IS NOT NULL THEN d.reach END) AS bigint) AS den
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date,
       CAST(SUM(CASE WHEN d.reach IS NOT NULL THEN d.total_interactions END) AS bigint),
       CAST(SUM(CASE WHEN d.total_interactions IS NOT NULL THEN d.reach END) AS bigint)
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
ORDER BY date
