-- Campaigns, the most expensive first: the first hundred, and what they were in the
-- period before. A campaign is its id; its name is the latest one. Without an id:
-- the sums of all campaigns of a currency, and how many there are. A day on which
-- an account showed no ad has a row without a campaign, which is none.
WITH now AS (
    SELECT d.account_id AS account_id, d.campaign_id AS id, d.currency AS currency,
           MAX(d.date) AS last_date,
           CAST(SUM(d.spend_micros) AS bigint) AS spend, CAST(SUM(d.impressions) AS bigint) AS impressions,
           CAST(SUM(d.clicks) AS bigint) AS clicks, CAST(SUM(d.conversions) AS bigint) AS conversions,
           CAST(SUM(d.revenue_micros) AS bigint) AS revenue
    FROM connections c
    CROSS JOIN meta_daily d
    WHERE c.user_id = :user AND c.source = 'meta'
      AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
      AND d.campaign_id <> ''
    GROUP BY d.account_id, d.campaign_id, d.currency
),
before AS (
    SELECT d.account_id AS account_id, d.campaign_id AS id, d.currency AS currency,
           CAST(SUM(d.spend_micros) AS bigint) AS spend, CAST(SUM(d.impressions) AS bigint) AS impressions,
           CAST(SUM(d.clicks) AS bigint) AS clicks, CAST(SUM(d.conversions) AS bigint) AS conversions,
           CAST(SUM(d.revenue_micros) AS bigint) AS revenue
    FROM connections c
    CROSS JOIN meta_daily d
    WHERE c.user_id = :user AND c.source = 'meta'
      AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
      AND d.campaign_id <> ''
    GROUP BY d.account_id, d.campaign_id, d.currency
),
best AS (
    SELECT account_id, id, currency, last_date, spend, impressions, clicks, conversions, revenue
    FROM now
    ORDER BY spend DESC, id
    LIMIT 100
)
SELECT 0 AS period, id AS id, (
           SELECT d.campaign
           FROM meta_daily d
           WHERE d.user_id = :user AND d.account_id = best.account_id AND d.date = best.last_date
             AND d.campaign_id = best.id) AS campaign, currency AS currency,
       spend AS spend, impressions AS impressions, clicks AS clicks,
       conversions AS conversions, revenue AS revenue, CAST(NULL AS bigint) AS items
FROM best
UNION ALL
SELECT 1, before.id, NULL, before.currency, before.spend, before.impressions, before.clicks,
       before.conversions, before.revenue, NULL
FROM best
JOIN before ON before.account_id = best.account_id AND before.id = best.id AND before.currency = best.currency
UNION ALL
SELECT 0, NULL, NULL, currency, CAST(SUM(spend) AS bigint), CAST(SUM(impressions) AS bigint),
       CAST(SUM(clicks) AS bigint), CAST(SUM(conversions) AS bigint), CAST(SUM(revenue) AS bigint), COUNT(*)
FROM now
GROUP BY currency
UNION ALL
SELECT 1, NULL, NULL, currency, CAST(SUM(spend) AS bigint), CAST(SUM(impressions) AS bigint),
       CAST(SUM(clicks) AS bigint), CAST(SUM(conversions) AS bigint), CAST(SUM(revenue) AS bigint), COUNT(*)
FROM before
GROUP BY currency
ORDER BY period, spend DESC, id
