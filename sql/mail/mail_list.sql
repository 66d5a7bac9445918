-- What was sent for a report or an alert and what is to be, the newest first.
SELECT occurrence, recipient, date, event, status, attempt, not_before, error, created_at, ended_at
FROM mails
WHERE user_id = :user AND origin = :origin
ORDER BY created_at DESC, occurrence, recipient LIMIT 100
