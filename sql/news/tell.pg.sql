-- Tell the other instances: at once those that listen, and those that cannot by a row, if there are any.
WITH written AS (
    INSERT INTO news (told_at, id, message)
    SELECT clock_timestamp(), gen_random_uuid(), :message
    WHERE EXISTS (SELECT 1 FROM app_settings WHERE key = 'news_read' AND updated_at > now() - interval '1 hour')
)
SELECT pg_notify (:channel, :message)
