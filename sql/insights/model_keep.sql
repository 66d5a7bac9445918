-- Keep what the model has said; of two instances that asked the same, the later one counts.
INSERT INTO model_answers (user_id, hash, content, created_at) VALUES (:user, :hash, :content, :now)
ON CONFLICT (user_id, hash) DO UPDATE SET content = excluded.content, created_at = excluded.created_at
