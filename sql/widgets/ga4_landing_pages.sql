-- The pages on which sessions began, most sessions first: the first hundred, and
-- what they were in the period before. Without an id: the sums of all pages, how
-- many there are, and all sessions of these days, which GA4 counts apart.
WITH now AS (
    SELECT d.landing_page AS id, CAST(SUM(d.sessions) AS bigint) AS sessions,
           CAST(SUM(d.conversions) AS bigint) AS conversions
    FROM connections c
    CROSS JOIN ga4_landing_daily d
    WHERE c.user_id = :user AND c.source = 'ga4'
      AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to
    GROUP BY d.landing_page
),
before AS (
    SELECT d.landing_page AS id, CAST(SUM(d.sessions) AS bigint) AS sessions,
           CAST(SUM(d.conversions) AS bigint) AS conversions
    FROM connections c
    CROSS JOIN ga4_landing_daily d
    WHERE c.user_id = :user AND c.source = 'ga4'
      AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
    GROUP BY d.landing_page
),
best AS (
    SELECT id, sessions, conversions
    FROM now
    ORDER BY sessions DESC, conversions DESC, id
    LIMIT 100
)
SELECT 0 AS period, id AS id, sessions AS sessions, conversions AS conversions,
       CAST(NULL AS bigint) AS items, CAST(NULL AS bigint) AS whole
FROM best
UNION ALL
SELECT 1, before.id, before.sessions, before.conversions, NULL, NULL
FROM best
JOIN before ON before.id = best.id
UNION ALL
SELECT 0, NULL, CAST(SUM(sessions) AS bigint), CAST(SUM(conversions) AS bigint), COUNT(*), (
           SELECT CAST(SUM(d.sessions) AS bigint)
           FROM connections c
           CROSS JOIN ga4_daily d
           WHERE c.user_id = :user AND c.source = 'ga4'
             AND d.user_id = c.user_id AND d.property_id = c.external_id AND d.date BETWEEN :from AND :to)
FROM now
UNION ALL
SELECT 1, NULL, CAST(SUM(sessions) AS bigint), CAST(SUM(conversions) AS bigint), COUNT(*), NULL
FROM before
ORDER BY period, sessions DESC, conversions DESC, id
