-- Used: of two who come with the same state, one deletes it.
DELETE FROM connect_states WHERE state_hash = :hash
