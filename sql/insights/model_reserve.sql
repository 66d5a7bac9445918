-- Take a call's tokens from the day's budget; no row: there are not so many left.
INSERT INTO model_days (date, calls, tokens) VALUES (:date, 1, :tokens)
ON CONFLICT (date) DO UPDATE SET calls = model_days.calls + 1, tokens = model_days.tokens + excluded.tokens
WHERE model_days.tokens + excluded.tokens <= :most
