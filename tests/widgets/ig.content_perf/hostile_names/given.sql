-- A caption is only ever a caption.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'instagram', '178', 'shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-20T08:15:00Z', '2026-01-19', '2025-12-01T00:00:00Z');
INSERT INTO ig_daily (user_id, account_id, date, reach, views, accounts_engaged, total_interactions, likes, comments, saves, shares, followers, profile_views) VALUES
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-05', 548, 1096, 51, 51, NULL, NULL, NULL, NULL, 5028, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-06', 585, 1170, 56, 56, NULL, NULL, NULL, NULL, 5035, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-07', 622, 1244, 61, 61, NULL, NULL, NULL, NULL, 5042, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-08', 659, 1318, 66, 66, NULL, NULL, NULL, NULL, 5049, 0);
INSERT INTO ig_media (user_id, account_id, media_id, posted_at, media_type, product_type, caption, permalink, reach, views, likes, comments, saves, shares, total_interactions, seen_at) VALUES
('a0000000-0000-4000-8000-00000000000a', '178', 'm0', '2026-01-06T00:00:00Z', 'IMAGE', 'FEED', '''); DROP TABLE users; --', 'https://instagram.example/p/m0', 60, NULL, NULL, NULL, NULL, NULL, 5, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', 'm1', '2026-01-06T01:00:00Z', 'IMAGE', 'FEED', '<script>alert("x")</script>', 'javascript:alert(1)', 59, NULL, NULL, NULL, NULL, NULL, 5, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', 'm2', '2026-01-06T02:00:00Z', 'IMAGE', 'FEED', 'Süß ☃ \ "quoted"', 'https://instagram.example/p/m2', 58, NULL, NULL, NULL, NULL, NULL, 5, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', 'm3', '2026-01-06T03:00:00Z', 'IMAGE', 'FEED', 'tab	and new
line', 'https://instagram.example/p/m3', 57, NULL, NULL, NULL, NULL, NULL, 5, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', 'm4', '2026-01-06T04:00:00Z', 'IMAGE', 'FEED', '=1+1', 'https://instagram.example/p/m4', 56, NULL, NULL, NULL, NULL, NULL, 5, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', 'm5', '2026-01-06T05:00:00Z', 'IMAGE', 'FEED', '', 'https://instagram.example/p/m5', 55, NULL, NULL, NULL, NULL, NULL, 5, '2026-01-20T08:15:00Z');
