-- Every sealed value there is, to seal it anew: whose it is, and in which column.
SELECT 'connections' AS holder, CAST(id AS text) AS id, credential AS sealed FROM connections
UNION ALL
SELECT 'connect_grants', CAST(id AS text), credential FROM connect_grants WHERE credential IS NOT NULL
UNION ALL
SELECT 'connect_states', state_hash, verifier FROM connect_states
ORDER BY 1, 2
