-- A call has cost so much more than was reserved for it, or less.
UPDATE model_days SET tokens = tokens + :more WHERE date = :date
