-- Is this account connected already?
SELECT id FROM connections WHERE user_id = :user AND source = :source AND external_id = :external_id
