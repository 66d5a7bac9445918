-- Taken away; a layout that names it keeps its place without it.
DELETE FROM user_widgets WHERE user_id = :user AND key = :key
