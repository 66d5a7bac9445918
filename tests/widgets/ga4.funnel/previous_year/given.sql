-- 29 February is compared with 28 February; 1 March 2023 must not count.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'ga4', '100', 'Shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2024-03-31T08:15:00Z', '2024-03-30', '2025-12-01T00:00:00Z');
INSERT INTO ga4_daily (user_id, property_id, date, users, new_users, users_7d, users_28d, sessions, engaged_sessions, page_views, conversions, revenue_micros) VALUES
('a0000000-0000-4000-8000-00000000000a', '100', '2023-02-27', 60, 30, 300, 720, 80, 50, 240, 2, 80000000),
('a0000000-0000-4000-8000-00000000000a', '100', '2023-02-28', 75, 37, 375, 900, 90, 55, 270, 4, 60250000),
('a0000000-0000-4000-8000-00000000000a', '100', '2023-03-01', 65, 32, 325, 780, 70, 38, 210, 3, 45000000),
('a0000000-0000-4000-8000-00000000000a', '100', '2024-02-28', 80, 40, 400, 960, 100, 61, 300, 4, 120500000),
('a0000000-0000-4000-8000-00000000000a', '100', '2024-02-29', 90, 45, 450, 1080, 120, 70, 360, 6, 99990000),
('a0000000-0000-4000-8000-00000000000a', '100', '2024-03-01', 70, 35, 350, 840, 75, 40, 225, 0, 0);
