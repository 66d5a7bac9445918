-- The platform replaced it.
UPDATE connect_grants SET credential = :credential WHERE id = :id AND user_id = :user
