-- What re-reads changed of one account.
DELETE FROM restatements WHERE user_id = :user AND source = :source AND external_id = :external_id
