-- A user's saved layout.
SELECT layout, updated_at FROM user_dashboard_layouts WHERE user_id = :user
