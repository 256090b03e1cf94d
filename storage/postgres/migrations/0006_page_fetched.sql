-- Pages that are kept long enough are found each hour, not by a scan of them all, within a write.
CREATE INDEX page_fetched ON page (fetched);
