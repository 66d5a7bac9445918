-- What a source said about its own numbers of these days.
INSERT INTO source_notices (user_id, source, external_id, code, first_date, last_date, text, seen_at)
VALUES (:user, :source, :external_id, :code, :from, :to, :text, :now)
ON CONFLICT (user_id, source, external_id, code, first_date)
DO UPDATE SET last_date = excluded.last_date, text = excluded.text, seen_at = excluded.seen_at
