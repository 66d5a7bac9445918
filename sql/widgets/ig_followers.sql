-- Followers by day, of all accounts together: a day on which one of them gave no
-- number is not known, or it would look like a loss. And, without a date, the
-- last number of each account, added up.
SELECT 0 AS period, d.date AS date,
       CASE WHEN COUNT(d.followers) = (
                SELECT COUNT(DISTINCT d.account_id)
                FROM connections c
                CROSS JOIN ig_daily d
                WHERE c.user_id = :user AND c.source = 'instagram'
                  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
                  AND d.followers IS NOT NULL)
            THEN CAST(SUM(d.followers) AS bigint) END AS num
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date,
       CASE WHEN COUNT(d.followers) = (
                SELECT COUNT(DISTINCT d.account_id)
                FROM connections c
                CROSS JOIN ig_daily d
                WHERE c.user_id = :user AND c.source = 'instagram'
                  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
                  AND d.followers IS NOT NULL)
            THEN CAST(SUM(d.followers) AS bigint) END
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
UNION ALL
SELECT 0, NULL,
       CAST(SUM((SELECT d.followers
                 FROM ig_daily d
                 WHERE d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
                   AND d.followers IS NOT NULL
                 ORDER BY d.date DESC
                 LIMIT 1)) AS bigint)
FROM connections c
WHERE c.user_id = :user AND c.source = 'instagram'
UNION ALL
SELECT 1, NULL,
       CAST(SUM((SELECT d.followers
                 FROM ig_daily d
                 WHERE d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
                   AND d.followers IS NOT NULL
                 ORDER BY d.date DESC
                 LIMIT 1)) AS bigint)
FROM connections c
WHERE c.user_id = :user AND c.source = 'instagram'
ORDER BY date
