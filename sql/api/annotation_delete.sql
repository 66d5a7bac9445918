-- Delete a note.
DELETE FROM annotations WHERE user_id = :user AND id = :id
