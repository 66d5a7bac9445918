-- Everybody has read it, or has been away for so long that everything counts as changed.
DELETE FROM news WHERE told_at < :before
