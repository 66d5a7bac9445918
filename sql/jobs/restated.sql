-- How many numbers of a user's stored days were changed, when, and of which account. All that one
-- window of days changed has one instant.
SELECT source, external_id, seen_at, count(*) AS n FROM restatements
WHERE user_id = :user AND seen_at >= :since
GROUP BY source, external_id, seen_at
