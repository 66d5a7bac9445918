-- A name is only ever a name.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'meta', 'act_1', 'Ads', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO meta_daily (user_id, account_id, date, campaign_id, campaign, spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros, currency) VALUES
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', 'c0', '''); DROP TABLE users; --', 60000000, 100, 50, 9, 4, 1, 5000000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', 'c1', '<script>alert("x")</script>', 59999999, 100, 50, 9, 4, 1, 5000000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', 'c2', 'Süß ☃ \ "quoted"', 59999998, 100, 50, 9, 4, 1, 5000000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', 'c3', 'tab	and new
line', 59999997, 100, 50, 9, 4, 1, 5000000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', 'c4', '=1+1', 59999996, 100, 50, 9, 4, 1, 5000000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', 'c5', '', 59999995, 100, 50, 9, 4, 1, 5000000, 'EUR');
