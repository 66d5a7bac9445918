-- Change a note.
UPDATE annotations
SET date = :date, end_date = :end, text = :text, widget = :widget, source = :source, updated_at = :now
WHERE user_id = :user AND id = :id
