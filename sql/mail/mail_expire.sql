-- Nobody is sending any more.
UPDATE mails SET lease_until = :past WHERE status = 'sending'
