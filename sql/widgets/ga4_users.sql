-- Users (GA4's activeUsers) by day; and, in a row without a date, the unique
-- visitors of the whole period where they are known: GA4 was asked for exactly
-- this period, or it is the day, the 7 or the 28 days that the last day carries.
-- Nobody can know the unique visitors of several properties together, so then
-- there is no such row.
SELECT 0 AS period, d.date AS date, CAST(SUM(d.users) AS bigint) AS num
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY d.date
UNION ALL
SELECT 1, d.date, CAST(SUM(d.users) AS bigint)
FROM connections c
CROSS JOIN ga4_daily d
WHERE c.user_id = :user AND c.source = 'ga4'
  AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY d.date
UNION ALL
SELECT 0, NULL, MAX(COALESCE(p.users, CASE WHEN :days = 1 THEN d.users
                                       WHEN :days = 7 THEN d.users_7d
                                       WHEN :days = 28 THEN d.users_28d END))
FROM connections c
LEFT JOIN ga4_period_users p ON p.user_id = c.user_id AND p.property_id = c.external_id
                            AND p.start_date = :from AND p.end_date = :to
LEFT JOIN ga4_daily d ON d.user_id = c.user_id AND d.property_id = c.external_id AND d.date = :to
WHERE c.user_id = :user AND c.source = 'ga4'
GROUP BY c.user_id
HAVING COUNT(*) = 1
UNION ALL
SELECT 1, NULL, MAX(COALESCE(p.users, CASE WHEN :prev_days = 1 THEN d.users
                                       WHEN :prev_days = 7 THEN d.users_7d
                                       WHEN :prev_days = 28 THEN d.users_28d END))
FROM connections c
LEFT JOIN ga4_period_users p ON p.user_id = c.user_id AND p.property_id = c.external_id
                            AND p.start_date = :prev_from AND p.end_date = :prev_to
LEFT JOIN ga4_daily d ON d.user_id = c.user_id AND d.property_id = c.external_id AND d.date = :prev_to
WHERE c.user_id = :user AND c.source = 'ga4'
GROUP BY c.user_id
HAVING COUNT(*) = 1
ORDER BY date
