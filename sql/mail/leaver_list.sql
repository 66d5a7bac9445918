-- Who has left which of a user's reports and alerts, the first one first.
SELECT origin, recipient, left_at
FROM mail_leavers
WHERE user_id = :user
ORDER BY left_at, recipient
