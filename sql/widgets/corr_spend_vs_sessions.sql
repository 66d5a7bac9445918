-- What was spent on Meta's ads and how many sessions GA4 counted, by day.
SELECT 0 AS period, d.date AS date, 'spend' AS name, d.currency AS currency, CAST(SUM(d.spend_micros) AS bigint) AS num
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date, d.currency
UNION ALL
SELECT 0, d.date, 'sessions', NULL, CAST(SUM(d.sessions) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date, 'spend', d.currency, CAST(SUM(d.spend_micros) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date, d.currency
UNION ALL
SELECT 1, d.date, 'sessions', NULL, CAST(SUM(d.sessions) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
ORDER BY date, currency
