-- How many connections of Daymark's there are besides this one. One process owns an SQLite file.
SELECT 0
