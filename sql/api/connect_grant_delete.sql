-- Its accounts are chosen.
DELETE FROM connect_grants WHERE id = :id AND user_id = :user
