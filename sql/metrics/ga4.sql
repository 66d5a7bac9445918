-- The base metrics of Google Analytics, by day and currency.
SELECT 0 AS period, d.date AS date, c.currency AS currency, CAST(SUM(d.users) AS bigint) AS users,
       CAST(SUM(d.new_users) AS bigint) AS new_users, CAST(SUM(d.sessions) AS bigint) AS sessions,
       CAST(SUM(d.engaged_sessions) AS bigint) AS engaged_sessions, CAST(SUM(d.page_views) AS bigint) AS page_views,
       CAST(SUM(d.conversions) AS bigint) AS conversions, CAST(SUM(d.revenue_micros) AS bigint) AS revenue
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date, c.currency
UNION ALL
SELECT 1, d.date, c.currency, CAST(SUM(d.users) AS bigint),
       CAST(SUM(d.new_users) AS bigint), CAST(SUM(d.sessions) AS bigint),
       CAST(SUM(d.engaged_sessions) AS bigint), CAST(SUM(d.page_views) AS bigint),
       CAST(SUM(d.conversions) AS bigint), CAST(SUM(d.revenue_micros) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date, c.currency
ORDER BY period, date, currency
