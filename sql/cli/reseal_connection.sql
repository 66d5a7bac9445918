-- Only over what was read: a credential that changed meanwhile is not lost.
UPDATE connections SET credential = :credential WHERE id = :id AND credential = :old
