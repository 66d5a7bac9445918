-- One of a user's notes.
SELECT id, date, end_date, text, widget, source, created_at, updated_at
FROM annotations
WHERE user_id = :user AND id = :id
