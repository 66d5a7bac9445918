-- Of an account that goes: the links to its board.
DELETE FROM shares WHERE user_id = :user
