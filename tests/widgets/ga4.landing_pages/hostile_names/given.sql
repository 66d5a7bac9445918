-- A path is only ever a path.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'ga4', '100', 'Shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO ga4_daily (user_id, property_id, date, users, new_users, users_7d, users_28d, sessions, engaged_sessions, page_views, conversions, revenue_micros) VALUES
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', 90, 1, 300, 800, 100, 50, 300, 4, 120500000),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-06', 110, 1, 360, 960, 120, 60, 360, 6, 99990000),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-07', 65, 1, 225, 600, 75, 37, 225, 0, 0),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-08', 120, 1, 390, 1040, 130, 65, 390, 9, 250000010);
INSERT INTO ga4_landing_daily (user_id, property_id, date, landing_page, sessions, conversions, revenue_micros) VALUES
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', '''); DROP TABLE users; --', 60, 0, 0),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', '<script>alert("x")</script>', 59, 1, 1000000),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', 'Süß ☃ \ "quoted"', 58, 2, 2000000),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', 'tab	and new
line', 57, 3, 3000000),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', '=1+1', 56, 4, 4000000),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', '', 55, 5, 5000000);
