-- A day counts only if both numbers are known, and only accounts that gave both.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'instagram', '178', 'shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z'),
('c0000000-0000-4000-8000-000000000009', 'a0000000-0000-4000-8000-00000000000a', 'instagram', '179', 'shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO ig_daily (user_id, account_id, date, reach, views, accounts_engaged, total_interactions, likes, comments, saves, shares, followers, profile_views) VALUES
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-05', 100, 200, 5, 5, NULL, NULL, NULL, NULL, 50, 0),
('a0000000-0000-4000-8000-00000000000a', '179', '2026-01-05', 900, 1800, NULL, NULL, NULL, NULL, NULL, NULL, 50, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-06', NULL, NULL, 7, 7, NULL, NULL, NULL, NULL, 50, 0),
('a0000000-0000-4000-8000-00000000000a', '179', '2026-01-06', 200, 400, 10, 10, NULL, NULL, NULL, NULL, 50, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-07', NULL, NULL, 9, 9, NULL, NULL, NULL, NULL, 1, 0),
('a0000000-0000-4000-8000-00000000000a', '179', '2026-01-07', 40, 80, NULL, NULL, NULL, NULL, NULL, NULL, 1, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-08', 0, 0, 3, 3, NULL, NULL, NULL, NULL, 1, 0);
