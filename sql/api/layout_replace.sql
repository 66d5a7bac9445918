-- Save it only over the version that the client has seen.
UPDATE user_dashboard_layouts SET layout = :layout, updated_at = :now WHERE user_id = :user AND updated_at = :seen
