-- The platform gave a new credential; the old one may be dead already.
UPDATE connections SET credential = :credential WHERE id = :id AND credential = :old
