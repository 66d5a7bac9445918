-- Forget the ig_media facts of a deleted connection.
DELETE FROM ig_media WHERE user_id = :user AND account_id = :external_id
