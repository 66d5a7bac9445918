-- Forget what ended long ago.
DELETE FROM mails WHERE created_at < :before AND status IN ('sent', 'failed')
