-- Made, or made anew; not beyond so many of one user.
INSERT INTO user_widgets (user_id, key, definition, updated_at)
SELECT :user, :key, :definition, :now
WHERE EXISTS (SELECT 1 FROM user_widgets WHERE user_id = :user AND key = :key)
   OR (SELECT COUNT(*) FROM user_widgets WHERE user_id = :user) < :most
ON CONFLICT (user_id, key) DO UPDATE SET definition = excluded.definition, updated_at = excluded.updated_at
