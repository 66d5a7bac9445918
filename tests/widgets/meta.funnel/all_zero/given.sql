-- Nothing spent and nothing to divide by: null, never infinite.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'meta', 'act_1', 'Ads', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO meta_daily (user_id, account_id, date, campaign_id, campaign, spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros, currency) VALUES
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-01', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-02', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-03', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-04', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-06', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-07', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-08', '601', 'Brand', 0, 0, 0, 0, 0, 0, 0, 'EUR');
