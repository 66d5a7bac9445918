-- The sealed credential of one of a user's connections, to try it.
SELECT source, external_id, credential FROM connections WHERE user_id = :user AND id = :id
