-- Connected a moment ago: nothing was synced yet.
INSERT INTO connections (id, user_id, source, external_id, name, currency, time_zone, status, credential, last_success_at, complete_through, created_at) VALUES
('c0000000-0000-4000-8000-000000000001', 'a0000000-0000-4000-8000-00000000000a', 'ga4', '100', 'Shop', 'EUR', 'Europe/Berlin', 'connected', 'sealed', NULL, NULL, '2025-12-01T00:00:00Z');
