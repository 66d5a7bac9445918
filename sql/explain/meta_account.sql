-- What each ad account did in a period. Their sum is what the widgets of Meta show.
SELECT 0 AS period, c.external_id AS id, COALESCE(NULLIF(c.name, ''), c.external_id) AS name, d.currency AS currency,
       CAST(SUM(d.spend_micros) AS bigint) AS spend, CAST(SUM(d.impressions) AS bigint) AS impressions,
       CAST(SUM(d.clicks) AS bigint) AS clicks, CAST(SUM(d.conversions) AS bigint) AS conversions,
       CAST(SUM(d.revenue_micros) AS bigint) AS revenue
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY c.external_id, c.name, d.currency
UNION ALL
SELECT 1, c.external_id, COALESCE(NULLIF(c.name, ''), c.external_id), d.currency,
       CAST(SUM(d.spend_micros) AS bigint), CAST(SUM(d.impressions) AS bigint),
       CAST(SUM(d.clicks) AS bigint), CAST(SUM(d.conversions) AS bigint),
       CAST(SUM(d.revenue_micros) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY c.external_id, c.name, d.currency
ORDER BY period, id
