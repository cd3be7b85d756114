-- What the vault says of itself, and the side tables of the sealing room.

CREATE TABLE vault_meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Hybrid key-encryption keys (X25519 + ML-KEM-1024). The private half is sealed under the wrapping
-- key that follows from the vault's root key.
CREATE TABLE sealing_kek (
  id                 INTEGER PRIMARY KEY,
  state              TEXT NOT NULL CHECK (state IN ('active', 'retired', 'compromised', 'destroyed')),
  created_at_ms      INTEGER NOT NULL,
  public_key         BLOB NOT NULL,
  sealed_private_key BLOB
) STRICT;

-- Data-encryption keys: one version at a time seals for a purpose, retention class and quarter;
-- earlier versions open only. A destroyed key keeps its row and loses its bytes.
CREATE TABLE sealing_dek (
  id              INTEGER PRIMARY KEY,
  purpose         TEXT NOT NULL,
  retention_class TEXT NOT NULL,
  quarter         TEXT NOT NULL CHECK (quarter GLOB '[0-9][0-9][0-9][0-9]Q[1-4]'),
  version         INTEGER NOT NULL CHECK (version > 0),
  state           TEXT NOT NULL CHECK (state IN ('active', 'retired', 'compromised', 'destroyed')),
  created_at_ms   INTEGER NOT NULL,
  kek_id          INTEGER NOT NULL REFERENCES sealing_kek (id),
  encapsulation   BLOB,
  wrapped_key     BLOB,
  -- Values sealed so far, or a little more: the key retires before 2^32.
  seal_count      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (purpose, retention_class, quarter, version)
) STRICT;

-- The only table that rotation and erasure change. Main tables hold its ids and no foreign key to
-- it: rows are written at the end of a transaction, and an erased value leaves its id behind.
CREATE TABLE sealed_value (
  -- AUTOINCREMENT: the id of an erased value is never given to another.
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  dek_id     INTEGER NOT NULL,
  -- nonce (12 bytes), ciphertext, tag (16 bytes)
  sealed     BLOB NOT NULL,
  -- Key and tag of the blind index, where equality must be searched.
  tag_key_id INTEGER,
  tag        BLOB
) STRICT;

CREATE INDEX sealed_value_by_tag ON sealed_value (tag_key_id, tag) WHERE tag IS NOT NULL;

-- Random keys of the blind indexes, one a column, sealed under the wrapping key. They outlive every
-- rotation, because tags cannot be computed again without the plaintext.
CREATE TABLE sealing_index_key (
  id          INTEGER PRIMARY KEY,
  column_name TEXT NOT NULL UNIQUE,
  wrapped_key BLOB NOT NULL
) STRICT;
