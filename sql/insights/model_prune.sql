-- What was said so long ago that the numbers have moved on.
DELETE FROM model_answers WHERE created_at < :before
