-- Forget the meta_daily facts of a deleted connection.
DELETE FROM meta_daily WHERE user_id = :user AND account_id = :external_id
