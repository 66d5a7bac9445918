-- What each campaign did in a period. A campaign is its id; its name is the latest one of the period. A day on
-- which an account showed no ad has a row without a campaign, which is none.
WITH parts AS (
    SELECT 0 AS period, d.account_id AS account_id, d.campaign_id AS id, d.currency AS currency,
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
    UNION ALL
    SELECT 1, d.account_id, d.campaign_id, d.currency, MAX(d.date),
           CAST(SUM(d.spend_micros) AS bigint), CAST(SUM(d.impressions) AS bigint),
           CAST(SUM(d.clicks) AS bigint), CAST(SUM(d.conversions) AS bigint),
           CAST(SUM(d.revenue_micros) AS bigint)
    FROM connections c
    CROSS JOIN meta_daily d
    WHERE c.user_id = :user AND c.source = 'meta'
      AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
      AND d.campaign_id <> ''
    GROUP BY d.account_id, d.campaign_id, d.currency
)
SELECT period, id, (
           SELECT d.campaign
           FROM meta_daily d
           WHERE d.user_id = :user AND d.account_id = parts.account_id AND d.date = parts.last_date
             AND d.campaign_id = parts.id) AS name, currency, spend, impressions, clicks, conversions, revenue
FROM parts
ORDER BY period, id, last_date DESC
