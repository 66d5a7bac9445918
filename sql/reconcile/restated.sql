-- How many of these days has the source changed after they were first read, by number, and when last?
SELECT metric, COUNT(DISTINCT date) AS days, MAX(seen_at) AS seen_at
FROM restatements
WHERE user_id = :user AND source = :source AND external_id = :external_id AND date BETWEEN :from AND :to
GROUP BY metric
