-- Four days, nothing compared.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'meta', 'act_1', 'Ads', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO meta_daily (user_id, account_id, date, campaign_id, campaign, spend_micros, impressions, reach, clicks, link_clicks, conversions, revenue_micros, currency) VALUES
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', '601', 'Brand', 7562500, 1040, 520, 44, 22, 1, 15125000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-05', '701', 'Summer sale', 22687500, 4120, 2060, 98, 49, 3, 90750000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-06', '601', 'Brand', 13125000, 1050, 525, 45, 22, 1, 26250000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-06', '701', 'Summer sale', 39375000, 4150, 2075, 100, 50, 4, 157500000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-07', '', '', 0, 0, 0, 0, 0, 0, 0, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-08', '601', 'Brand', 16502500, 1070, 535, 47, 23, 1, 33005000, 'EUR'),
('a0000000-0000-4000-8000-00000000000a', 'act_1', '2026-01-08', '701', 'Summer sale', 49507500, 4210, 2105, 104, 52, 3, 198030000, 'EUR');
