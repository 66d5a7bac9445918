-- The alerts whose users have new numbers since they last looked.
SELECT a.user_id, a.id, a.kind, a.tells, a.widget, a.recipients, a.created_at,
       (SELECT max(c.last_success_at) FROM connections c WHERE c.user_id = a.user_id) AS synced_at
FROM alerts a
WHERE a.active = 1
  AND EXISTS (SELECT 1 FROM connections c
              WHERE c.user_id = a.user_id AND c.last_success_at IS NOT NULL
                AND (a.looked_at IS NULL OR c.last_success_at > a.looked_at))
ORDER BY a.created_at LIMIT 50
