-- What each Instagram account had in a period, day by day added up. Both sides of the engagement rate are of the
-- days that have both.
SELECT 0 AS period, c.external_id AS id, COALESCE(NULLIF(c.name, ''), c.external_id) AS name,
       CAST(SUM(d.reach) AS bigint) AS reach,
       CAST(SUM(CASE WHEN d.reach IS NOT NULL THEN d.total_interactions END) AS bigint) AS rated_interactions,
       CAST(SUM(CASE WHEN d.total_interactions IS NOT NULL THEN d.reach END) AS bigint) AS rated_reach
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
GROUP BY c.external_id, c.name
UNION ALL
SELECT 1, c.external_id, COALESCE(NULLIF(c.name, ''), c.external_id),
       CAST(SUM(d.reach) AS bigint),
       CAST(SUM(CASE WHEN d.reach IS NOT NULL THEN d.total_interactions END) AS bigint),
       CAST(SUM(CASE WHEN d.total_interactions IS NOT NULL THEN d.reach END) AS bigint)
FROM connections c
CROSS JOIN ig_daily d
WHERE c.user_id = :user AND c.source = 'instagram'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
GROUP BY c.external_id, c.name
ORDER BY period, id
