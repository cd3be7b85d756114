-- Records of one actor and records of a time, newest first, without reading the rest of the log.
-- An index adds to the append-only tables and changes none of their rows.
CREATE INDEX audit_record_by_actor ON audit_record (actor);
CREATE INDEX audit_record_by_time ON audit_record (recorded_at_ms);
