-- The base metrics of Instagram by day. A number that one account did not give on a day is not
-- known for that day, rather than less.
SELECT 0 AS period, d.date AS date,
       CASE WHEN COUNT(*) = COUNT(d.reach) THEN CAST(SUM(d.reach) AS bigint) END AS reach,
       CASE WHEN COUNT(*) = COUNT(d.views) THEN CAST(SUM(d.views) AS bigint) END AS views,
       CASE WHEN COUNT(*) = COUNT(d.accounts_engaged) THEN CAST(SUM(d.accounts_engaged) AS bigint) END
           AS accounts_engaged,
       CASE WHEN COUNT(*) = COUNT(d.total_interactions) THEN CAST(SUM(d.total_interactions) AS bigint) END
           AS interactions,
       CASE WHEN COUNT(*) = COUNT(d.likes) THEN CAST(SUM(d.likes) AS bigint) END AS likes,
       CASE WHEN COUNT(*) = COUNT(d.comments) THEN CAST(SUM(d.comments) AS bigint) END AS comments,
       CASE WHEN COUNT(*) = COUNT(d.saves) THEN CAST(SUM(d.saves) AS bigint) END AS saves,
       CASE WHEN COUNT(*) = COUNT(d.shares) THEN CAST(SUM(d.shares) AS bigint) END AS shares,
       CASE WHEN COUNT(*) = COUNT(d.profile_views) THEN CAST(SUM(d.profile_views) AS bigint) END AS profile_views
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date,
       CASE WHEN COUNT(*) = COUNT(d.reach) THEN CAST(SUM(d.reach) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.views) THEN CAST(SUM(d.views) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.accounts_engaged) THEN CAST(SUM(d.accounts_engaged) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.total_interactions) THEN CAST(SUM(d.total_interactions) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.likes) THEN CAST(SUM(d.likes) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.comments) THEN CAST(SUM(d.comments) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.saves) THEN CAST(SUM(d.saves) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.shares) THEN CAST(SUM(d.shares) AS bigint) END,
       CASE WHEN COUNT(*) = COUNT(d.profile_views) THEN CAST(SUM(d.profile_views) AS bigint) END
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
ORDER BY period, date
