-- Give up a report.
DELETE FROM reports WHERE user_id = :user AND id = :id
