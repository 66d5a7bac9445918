-- Posts by the day (in UTC) on which they appeared: their reach and interactions so
-- far by day; the hundred with the largest reach; and, without id and date, the
-- sums of all and how many there are. Reach is people: it is never added up over posts
-- but for a day's point.
WITH now AS (
    SELECT m.media_id AS id, m.posted_at AS posted_at, m.permalink AS permalink, m.media_type AS media_type,
           m.product_type AS product_type, m.caption AS caption,
           m.reach AS reach, m.views AS views, m.likes AS likes, m.comments AS comments,
           m.saves AS saves, m.shares AS shares, m.total_interactions AS total_interactions
    FROM connections c
    CROSS JOIN ig_media m
    WHERE c.user_id = :user AND c.source = 'instagram'
      AND m.user_id = c.user_id AND m.account_id = c.external_id
      AND m.posted_at >= :from AND m.posted_at < :after
),
before AS (
    SELECT m.media_id AS id, m.posted_at AS posted_at, m.permalink AS permalink, m.media_type AS media_type,
           m.product_type AS product_type, m.caption AS caption,
           m.reach AS reach, m.views AS views, m.likes AS likes, m.comments AS comments,
           m.saves AS saves, m.shares AS shares, m.total_interactions AS total_interactions
    FROM connections c
    CROSS JOIN ig_media m
    WHERE c.user_id = :user AND c.source = 'instagram'
      AND m.user_id = c.user_id AND m.account_id = c.external_id
      AND m.posted_at >= :prev_from AND m.posted_at < :prev_after
),
best AS (
    SELECT id, posted_at, permalink, media_type, product_type, caption,
           reach, views, likes, comments, saves, shares, total_interactions
    FROM now
    ORDER BY reach DESC NULLS LAST, total_interactions DESC NULLS LAST, id
    LIMIT 100
)
SELECT 0 AS period, CAST(NULL AS date) AS date, id AS id, posted_at AS posted_at,
       permalink AS permalink, media_type AS media_type, product_type AS product_type, caption AS caption,
       reach AS reach, views AS views, likes AS likes, comments AS comments,
       saves AS saves, shares AS shares, total_interactions AS total_interactions, CAST(NULL AS bigint) AS items
FROM best
UNION ALL
SELECT 0, DATE(posted_at), NULL, NULL, NULL, NULL, NULL, NULL,
       CAST(SUM(reach) AS bigint), NULL, NULL, NULL, NULL, NULL, CAST(SUM(total_interactions) AS bigint), NULL
FROM now
GROUP BY DATE(posted_at)
UNION ALL
SELECT 1, DATE(posted_at), NULL, NULL, NULL, NULL, NULL, NULL,
       CAST(SUM(reach) AS bigint), NULL, NULL, NULL, NULL, NULL, CAST(SUM(total_interactions) AS bigint), NULL
FROM before
GROUP BY DATE(posted_at)
UNION ALL
SELECT 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, CAST(SUM(views) AS bigint), CAST(SUM(likes) AS bigint),
       CAST(SUM(comments) AS bigint), CAST(SUM(saves) AS bigint),
       CAST(SUM(shares) AS bigint), CAST(SUM(total_interactions) AS bigint), COUNT(*)
FROM now
UNION ALL
SELECT 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, CAST(SUM(views) AS bigint), CAST(SUM(likes) AS bigint),
       CAST(SUM(comments) AS bigint), CAST(SUM(saves) AS bigint),
       CAST(SUM(shares) AS bigint), CAST(SUM(total_interactions) AS bigint), COUNT(*)
FROM before
ORDER BY period, date, reach DESC NULLS LAST, total_interactions DESC NULLS LAST, id
