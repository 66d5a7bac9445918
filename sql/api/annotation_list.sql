-- A user's notes about days of a range, oldest first.
SELECT id, date, end_date, text, widget, source, created_at, updated_at
FROM annotations
WHERE user_id = :user AND date <= :to AND end_date >= :from
ORDER BY date, id
