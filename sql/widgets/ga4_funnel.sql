-- What a visit leads to, by day: it begins, engages, converts.
SELECT 0 AS period, d.date AS date, CAST(SUM(d.sessions) AS bigint) AS sessions,
       CAST(SUM(d.engaged_sessions) AS bigint) AS engaged_sessions, CAST(SUM(d.conversions) AS bigint) AS conversions
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date, CAST(SUM(d.sessions) AS bigint),
       CAST(SUM(d.engaged_sessions) AS bigint), CAST(SUM(d.conversions) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
ORDER BY date
