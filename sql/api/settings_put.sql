-- Take a user's settings over those he had.
INSERT INTO user_settings (user_id, settings, updated_at) VALUES (:user, :settings, :now)
ON CONFLICT (user_id) DO UPDATE SET settings = excluded.settings, updated_at = excluded.updated_at
