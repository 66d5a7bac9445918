-- The report or alert that a link in a mail is about; no row: it is gone. left_at: the recipient is, too.
SELECT m.name,
       (SELECT l.left_at FROM mail_leavers l
        WHERE l.user_id = m.user_id AND l.origin = m.id AND l.recipient = :recipient) AS left_at
FROM (SELECT user_id, id, name FROM reports WHERE user_id = :user AND id = :origin
      UNION ALL
      SELECT user_id, id, name FROM alerts WHERE user_id = :user AND id = :origin) m
