-- Forget the ga4_channel_daily facts of a deleted connection.
DELETE FROM ga4_channel_daily WHERE user_id = :user AND property_id = :external_id
