-- Forget the ig_daily facts of a deleted connection.
DELETE FROM ig_daily WHERE user_id = :user AND account_id = :external_id
