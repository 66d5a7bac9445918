-- What began on each landing page in a period; of each day only the hundred largest are kept.
SELECT 0 AS period, d.landing_page AS id, d.landing_page AS name, c.currency AS currency,
       CAST(SUM(d.sessions) AS bigint) AS sessions, CAST(SUM(d.conversions) AS bigint) AS conversions,
       CAST(SUM(d.revenue_micros) AS bigint) AS revenue
FROM connections c
CROSS JOIN ga4_landing_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.landing_page, c.currency
UNION ALL
SELECT 1, d.landing_page, d.landing_page, c.currency,
       CAST(SUM(d.sessions) AS bigint), CAST(SUM(d.conversions) AS bigint),
       CAST(SUM(d.revenue_micros) AS bigint)
FROM connections c
CROSS JOIN ga4_landing_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.landing_page, c.currency
ORDER BY period, id
