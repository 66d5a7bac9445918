-- Accounts reached on each day. Nobody can know how many different ones that were over several days.
SELECT 0 AS period, d.date AS date, CAST(SUM(d.reach) AS bigint) AS num
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date, CAST(SUM(d.reach) AS bigint)
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
ORDER BY date
