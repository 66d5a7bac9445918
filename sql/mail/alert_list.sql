-- A user's alerts, and how the last mail of each went.
SELECT a.id, a.name, a.recipients, a.kind, a.tells, a.widget, a.active, a.created_at, a.updated_at,
       (SELECT max(m.ended_at) FROM mails m
        WHERE m.user_id = a.user_id AND m.origin = a.id AND m.status = 'sent') AS last_sent_at,
       (SELECT m.error FROM mails m WHERE m.user_id = a.user_id AND m.origin = a.id AND m.attempt > 0
        ORDER BY m.created_at DESC, CASE WHEN m.error IS NULL THEN 1 ELSE 0 END LIMIT 1) AS last_error
FROM alerts a
WHERE a.user_id = :user
ORDER BY a.created_at, a.id
