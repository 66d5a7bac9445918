-- The base metrics of Meta's ads, by day, campaign and currency. A day on which an account
-- showed no ad has a row without a campaign, which is none.
SELECT 0 AS period, d.date AS date, d.campaign_id AS id, MAX(d.campaign) AS name, d.currency AS currency,
       CAST(SUM(d.spend_micros) AS bigint) AS spend, CAST(SUM(d.impressions) AS bigint) AS impressions,
       CAST(SUM(d.clicks) AS bigint) AS clicks, CAST(SUM(d.link_clicks) AS bigint) AS link_clicks,
       CAST(SUM(d.conversions) AS bigint) AS conversions, CAST(SUM(d.revenue_micros) AS bigint) AS revenue
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :from AND :to
  AND d.campaign_id <> ''
GROUP BY d.date, d.campaign_id, d.currency
UNION ALL
SELECT 1, d.date, d.campaign_id, MAX(d.campaign), d.currency,
       CAST(SUM(d.spend_micros) AS bigint), CAST(SUM(d.impressions) AS bigint),
       CAST(SUM(d.clicks) AS bigint), CAST(SUM(d.link_clicks) AS bigint),
       CAST(SUM(d.conversions) AS bigint), CAST(SUM(d.revenue_micros) AS bigint)
FROM connections c
CROSS JOIN meta_daily d
WHERE c.user_id = :user AND c.source = 'meta'
  AND d.user_id = c.user_id AND d.account_id = c.external_id AND d.date BETWEEN :prev_from AND :prev_to
  AND d.campaign_id <> ''
GROUP BY d.date, d.campaign_id, d.currency
ORDER BY period, date, id, currency
