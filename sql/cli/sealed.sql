-- Every sealed value there is, to seal it anew.
SELECT id, credential FROM connections ORDER BY id
