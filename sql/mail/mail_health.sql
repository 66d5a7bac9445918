-- For /metrics: the mails that are to be sent, since when the oldest of those waits whose sending has failed, and when
-- the last one went out.
SELECT (SELECT count(*) FROM mails WHERE status IN ('waiting', 'sending')) AS waiting,
       (SELECT min(created_at) FROM mails WHERE status IN ('waiting', 'sending') AND error IS NOT NULL) AS failing_since,
       (SELECT max(ended_at) FROM mails WHERE status = 'sent') AS last_sent
