-- Its time has come, and is over: only one of those who see it due moves it on.
UPDATE reports SET next_at = :next WHERE user_id = :user AND id = :id AND next_at = :due
