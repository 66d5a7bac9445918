-- What did the source say about its own numbers of these days of one account?
SELECT code, text, first_date, last_date
FROM source_notices
WHERE user_id = :user AND source = :source AND external_id = :external_id
  AND first_date <= :to AND last_date >= :from
ORDER BY code, first_date
