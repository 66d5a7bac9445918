-- What each property counted and each ad account spent in a period, of the days that both sources have.
SELECT 0 AS period, 'ga4' AS source, c.external_id AS id, COALESCE(NULLIF(c.name, ''), c.external_id) AS name,
       c.currency AS currency, CAST(SUM(d.conversions) AS bigint) AS conversions,
       CAST(SUM(d.revenue_micros) AS bigint) AS revenue, CAST(NULL AS bigint) AS spend
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
  AND EXISTS (SELECT 1
              FROM connections o
              CROSS JOIN meta_daily m
              WHERE o.user_id = :user AND o.source = 'meta'
                AND m.user_id = o.user_id AND m.account_id = o.external_id AND m.date = d.date)
GROUP BY c.external_id, c.name, c.currency
UNION ALL
SELECT 0, 'meta', c.external_id, COALESCE(NULLIF(c.name, ''), c.external_id),
       d.currency, NULL, NULL, CAST(SUM(d.spend_micros) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
  AND EXISTS (SELECT 1
              FROM connections o
              CROSS JOIN ga4_daily g
              WHERE o.user_id = :user AND o.source = 'ga4'
                AND g.user_id = o.user_id AND g.property_id = o.external_id AND g.date = d.date)
GROUP BY c.external_id, c.name, d.currency
UNION ALL
SELECT 1, 'ga4', c.external_id, COALESCE(NULLIF(c.name, ''), c.external_id),
       c.currency, CAST(SUM(d.conversions) AS bigint),
       CAST(SUM(d.revenue_micros) AS bigint), CAST(NULL AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
  AND EXISTS (SELECT 1
              FROM connections o
              CROSS JOIN meta_daily m
              WHERE o.user_id = :user AND o.source = 'meta'
                AND m.user_id = o.user_id AND m.account_id = o.external_id AND m.date = d.date)
GROUP BY c.external_id, c.name, c.currency
UNION ALL
SELECT 1, 'meta', c.external_id, COALESCE(NULLIF(c.name, ''), c.external_id),
       d.currency, NULL, NULL, CAST(SUM(d.spend_micros) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
  AND EXISTS (SELECT 1
              FROM connections o
              CROSS JOIN ga4_daily g
              WHERE o.user_id = :user AND o.source = 'ga4'
                AND g.user_id = o.user_id AND g.property_id = o.external_id AND g.date = d.date)
GROUP BY c.external_id, c.name, d.currency
ORDER BY period, source, id
