-- What each GA4 property counted in a period. Their sum is what the widgets of GA4 show.
SELECT 0 AS period, c.external_id AS id, COALESCE(NULLIF(c.name, ''), c.external_id) AS name, c.currency AS currency,
       CAST(SUM(d.sessions) AS bigint) AS sessions, CAST(SUM(d.engaged_sessions) AS bigint) AS engaged_sessions,
       CAST(SUM(d.conversions) AS bigint) AS conversions, CAST(SUM(d.revenue_micros) AS bigint) AS revenue
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY c.external_id, c.name, c.currency
UNION ALL
SELECT 1, c.external_id, COALESCE(NULLIF(c.name, ''), c.external_id), c.currency,
       CAST(SUM(d.sessions) AS bigint), CAST(SUM(d.engaged_sessions) AS bigint),
       CAST(SUM(d.conversions) AS bigint), CAST(SUM(d.revenue_micros) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY c.external_id, c.name, c.currency
ORDER BY period, id
