-- Can anything be written? Always rolled back.
INSERT INTO app_settings (key, value, updated_at) VALUES ('doctor', 'was here', :now)
ON CONFLICT (key) DO UPDATE SET updated_at = excluded.updated_at
