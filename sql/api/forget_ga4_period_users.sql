-- Forget the ga4_period_users facts of a deleted connection.
DELETE FROM ga4_period_users WHERE user_id = :user AND property_id = :external_id
