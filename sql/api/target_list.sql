-- A user's targets, in the order in which they were made.
SELECT id, widget, period, start_date, end_date, value_micros, currency, created_at, updated_at
FROM targets
WHERE user_id = :user
ORDER BY created_at, id
