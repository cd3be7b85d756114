-- Bytes of a file may be kept packed; what was written before stands as it came.
ALTER TABLE import_chunk ADD COLUMN codec TEXT CHECK (codec IN ('zstd'));
