-- Count that a link was opened.
UPDATE shares SET uses = uses + 1, last_used_at = :now WHERE user_id = :user AND id = :id
