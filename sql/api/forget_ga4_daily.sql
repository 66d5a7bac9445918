-- Forget the ga4_daily facts of a deleted connection.
DELETE FROM ga4_daily WHERE user_id = :user AND property_id = :external_id
