INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'ga4', '100', 'Shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO ga4_daily (user_id, property_id, date, users, new_users, users_7d, users_28d, sessions, engaged_sessions, page_views, conversions, revenue_micros) VALUES
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-05', 0, 0, 0, 0, 0, 0, 0, 0, 0),
('a0000000-0000-4000-8000-00000000000a', '100', '2026-01-06', 0, 0, 0, 0, 0, 0, 0, 0, 0);
