-- Set one application setting, if it has another value: what is asked every few seconds is not
-- written every few seconds.
INSERT INTO app_settings (key, value, updated_at) VALUES (:key, :value, :now)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
WHERE app_settings.value <> excluded.value
