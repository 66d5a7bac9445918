-- One set-up at a time: who comes second waits here until the first has its account, or failed.
INSERT INTO app_settings (key, value, updated_at) VALUES ('set_up', :id, :now)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
