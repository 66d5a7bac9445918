-- A re-read of these days says anew what is to be said.
DELETE FROM source_notices
WHERE user_id = :user AND source = :source AND external_id = :external_id AND first_date >= :from AND first_date <= :to
