-- The stored numbers of an ad account's days, to see what a re-read changes. Reach is people: campaigns' don't add up.
SELECT date, CAST(SUM(spend_micros) AS bigint) AS spend_micros, CAST(SUM(impressions) AS bigint) AS impressions,
       CAST(SUM(clicks) AS bigint) AS clicks, CAST(SUM(link_clicks) AS bigint) AS link_clicks,
       CAST(SUM(conversions) AS bigint) AS conversions, CAST(SUM(revenue_micros) AS bigint) AS revenue_micros
FROM meta_daily
WHERE user_id = :user AND account_id = :external_id AND date BETWEEN :from AND :to
GROUP BY date
