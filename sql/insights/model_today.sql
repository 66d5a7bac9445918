-- What the day has cost so far.
SELECT calls, tokens FROM model_days WHERE date = :date
