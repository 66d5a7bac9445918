-- The same, of a browser that is on its way: the verifier of its sign-in.
UPDATE connect_states SET verifier = :credential WHERE state_hash = :id AND verifier = :old
