-- Of somebody who has left: what is still to be sent to him.
DELETE FROM mails
WHERE user_id = :user AND origin = :origin AND lower(recipient) = :recipient AND status IN ('waiting', 'sending')
