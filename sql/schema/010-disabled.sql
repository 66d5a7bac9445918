-- 0: an account that is kept, and can't be used: nobody signs in, no token holds, nothing of its is read at night.
ALTER TABLE users ADD COLUMN active integer NOT NULL DEFAULT 1;
