-- Which targets hold on all of these days, and what did the user note about some of them (the newest hundred)?
SELECT 'target' AS kind, id AS id, widget AS widget, period AS about, start_date AS start_date,
       end_date AS end_date, value_micros AS value_micros, currency AS text
FROM targets
WHERE user_id = :user AND start_date <= :from AND end_date >= :to
UNION ALL
SELECT 'note', id, widget, source, date, end_date, CAST(NULL AS bigint), text
FROM (SELECT id, widget, source, date, end_date, text
      FROM annotations
      WHERE user_id = :user AND date <= :to AND end_date >= :from
      ORDER BY date DESC, id
      LIMIT 100) AS newest
ORDER BY kind, start_date, id
