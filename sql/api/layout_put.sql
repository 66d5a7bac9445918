-- Save a user's layout, whatever was there.
INSERT INTO user_dashboard_layouts (user_id, layout, updated_at) VALUES (:user, :layout, :now)
ON CONFLICT (user_id) DO UPDATE SET layout = excluded.layout, updated_at = excluded.updated_at
