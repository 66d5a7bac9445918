-- Ads that were only seen: two purchases, no click to be a share of.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'meta', 'act_1', 'Ads', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO meta_daily (user_id, account_id, date, campaign_id, campaign, spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros, currency) VALUES
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', '601', 'Brand', 5000000, 900, 500, 0, 0, 2, 90000000, 'EUR');
