-- One of a user's targets.
SELECT id, widget, period, start_date, end_date, value_micros, currency, created_at, updated_at
FROM targets
WHERE user_id = :user AND id = :id
