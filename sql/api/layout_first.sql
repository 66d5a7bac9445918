-- Save it only if there is none yet.
INSERT INTO user_dashboard_layouts (user_id, layout, updated_at) VALUES (:user, :layout, :now)
ON CONFLICT (user_id) DO NOTHING
