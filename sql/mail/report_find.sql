-- One of a user's reports, and how its last mail went.
SELECT r.id, r.name, r.recipients, r.repeats, r.on_day, r.minutes, r.zone, r.days, r.compare, r.insights, r.next_at, r.created_at,
       r.updated_at,
       (SELECT max(m.ended_at) FROM mails m
        WHERE m.user_id = r.user_id AND m.origin = r.id AND m.status = 'sent') AS last_sent_at,
       (SELECT m.error FROM mails m WHERE m.user_id = r.user_id AND m.origin = r.id AND m.attempt > 0
        ORDER BY m.created_at DESC, CASE WHEN m.error IS NULL THEN 1 ELSE 0 END LIMIT 1) AS last_error
FROM reports r
WHERE r.user_id = :user AND r.id = :id
