-- What an ad leads to, by day: it is seen, clicked, followed, and somebody buys.
SELECT 0 AS period, d.date AS date,
       CAST(SUM(d.impressions) AS bigint) AS impressions, CAST(SUM(d.clicks) AS bigint) AS clicks,
       CAST(SUM(d.link_clicks) AS bigint) AS link_clicks, CAST(SUM(d.conversions) AS bigint) AS conversions
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date,
       CAST(SUM(d.impressions) AS bigint), CAST(SUM(d.clicks) AS bigint),
       CAST(SUM(d.link_clicks) AS bigint), CAST(SUM(d.conversions) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
ORDER BY date
