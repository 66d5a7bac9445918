-- Tell the other instances. One process owns an SQLite file: there is nobody.
SELECT :channel, :message
