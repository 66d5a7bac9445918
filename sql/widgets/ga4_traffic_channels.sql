-- Sessions by day and channel group; and, without a date, all sessions of the days, which GA4 counts apart.
SELECT 0 AS period, d.date AS date, d.channel AS name, CAST(SUM(d.sessions) AS bigint) AS num
FROM connections c
CROSS JOIN ga4_channel_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date, d.channel
UNION ALL
SELECT 1, d.date, d.channel, CAST(SUM(d.sessions) AS bigint)
FROM connections c
CROSS JOIN ga4_channel_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date, d.channel
UNION ALL
SELECT 0, NULL, NULL, CAST(SUM(d.sessions) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
ORDER BY date
