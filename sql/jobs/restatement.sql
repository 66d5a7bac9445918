-- A re-read changed a number of a stored day.
INSERT INTO restatements (user_id, source, external_id, date, metric, old, new, seen_at)
VALUES (:user, :source, :external_id, :date, :metric, :old, :new, :now)
