-- Forget what a source said of a deleted connection.
DELETE FROM source_notices WHERE user_id = :user AND source = :source AND external_id = :external_id
