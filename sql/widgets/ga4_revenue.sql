-- Revenue by day and currency: properties may count in different ones.
SELECT 0 AS period, d.date AS date, c.currency AS currency, CAST(SUM(d.revenue_micros) AS bigint) AS num
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date, c.currency
UNION ALL
SELECT 1, d.date, c.currency, CAST(SUM(d.revenue_micros) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date, c.currency
ORDER BY date
