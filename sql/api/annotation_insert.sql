-- A new note.
INSERT INTO annotations (user_id, id, date, end_date, text, widget, source, created_at, updated_at)
VALUES (:user, :id, :date, :end, :text, :widget, :source, :now, :now)
