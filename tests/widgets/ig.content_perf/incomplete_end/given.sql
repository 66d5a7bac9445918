-- The last of the asked days is not complete yet: what changed is that of the days before it.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'instagram', '178', 'shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', '2026-01-08T08:15:00Z', '2026-01-07', '2025-12-01T00:00:00Z');
INSERT INTO ig_daily (user_id, account_id, date, reach, views, accounts_engaged, total_interactions, likes, comments, saves, shares, followers, profile_views) VALUES
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-01', 400, 800, 31, 31, NULL, NULL, NULL, NULL, 5000, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-02', 437, 874, 36, 36, NULL, NULL, NULL, NULL, 5007, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-03', 474, 948, 41, 41, NULL, NULL, NULL, NULL, 5014, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-04', 511, 1022, 46, 46, NULL, NULL, NULL, NULL, 5021, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-05', 548, 1096, 51, 51, NULL, NULL, NULL, NULL, 5028, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-06', 585, 1170, 56, 56, NULL, NULL, NULL, NULL, 5035, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-07', 622, 1244, 61, 61, NULL, NULL, NULL, NULL, 5042, 0),
('a0000000-0000-4000-8000-00000000000a', '178', '2026-01-08', 659, 1318, 66, 66, NULL, NULL, NULL, NULL, 5049, 0);
INSERT INTO ig_media (user_id, account_id, media_id, posted_at, media_type, product_type, caption, permalink, reach, views, likes, comments, saves, shares, total_interactions, seen_at) VALUES
('a0000000-0000-4000-8000-00000000000a', '178', '901', '2026-01-02T09:30:00Z', 'IMAGE', 'FEED', 'New year', 'https://instagram.example/p/901', 900, 1500, 50, 5, 2, 4, 61, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', '902', '2026-01-05T00:00:00Z', 'VIDEO', 'REELS', 'First light', 'https://instagram.example/p/902', 700, 1100, 60, 10, 4, 6, 80, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', '903', '2026-01-05T18:45:10Z', 'CAROUSEL_ALBUM', 'FEED', 'Three ways to tie it', 'https://instagram.example/p/903', 1200, 2100, 55, 9, 3, 8, 75, '2026-01-20T08:15:00Z'),
('a0000000-0000-4000-8000-00000000000a', '178', '904', '2026-01-08T23:59:59Z', 'VIDEO', 'REELS', 'Late', 'https://instagram.example/p/904', 700, NULL, 70, NULL, NULL, 20, 90, '2026-01-20T08:15:00Z');
