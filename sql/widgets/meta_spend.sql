-- What was spent on ads, by day and currency: ad accounts may pay in different ones.
SELECT 0 AS period, d.date AS date, d.currency AS currency, CAST(SUM(d.spend_micros) AS bigint) AS num
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date, d.currency
UNION ALL
SELECT 1, d.date, d.currency, CAST(SUM(d.spend_micros) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date, d.currency
ORDER BY date, currency
