-- The same, of a sign-in whose accounts are not chosen yet.
UPDATE connect_grants SET credential = :credential WHERE id = :id AND credential = :old
