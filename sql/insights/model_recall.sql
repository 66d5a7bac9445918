-- What the model has said to this question of the user.
SELECT content FROM model_answers WHERE user_id = :user AND hash = :hash
