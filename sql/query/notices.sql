-- What did the sources say about their own numbers of these days?
SELECT n.source AS source, n.code AS code, n.text AS text
FROM connections c
CROSS JOIN source_notices n
WHERE c.user_id = :user
  AND n.user_id = c.user_id AND n.source = c.source AND n.external_id = c.external_id
  AND n.first_date <= :to AND n.last_date >= :from
ORDER BY n.source, n.code, n.first_date, n.external_id
