-- Keys of operators' own on other consoles, by whose signatures carried answers are known. The newest
-- of an operator counts: another card revokes the one before it.
CREATE TABLE approval_card (
  id             INTEGER PRIMARY KEY,
  operator_id    INTEGER NOT NULL REFERENCES operator (id),
  -- The vault in which the secret half lies.
  home_vault     TEXT NOT NULL,
  public_key     BLOB NOT NULL,
  -- Hex SHA-256 of the public key.
  fingerprint    TEXT NOT NULL,
  enrolled_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_card_by_operator ON approval_card (operator_id, id);
CREATE INDEX approval_card_by_fingerprint ON approval_card (fingerprint);

-- A key is one person's for ever, whatever the program does: with two it could agree twice.
CREATE TRIGGER approval_card_one_person BEFORE INSERT ON approval_card
  WHEN EXISTS (SELECT 1 FROM approval_card
    WHERE (fingerprint = NEW.fingerprint OR public_key = NEW.public_key) AND operator_id <> NEW.operator_id)
  BEGIN SELECT RAISE(ABORT, 'a key is enrolled for one person'); END;
CREATE TRIGGER approval_card_not_a_slot BEFORE INSERT ON approval_card
  WHEN EXISTS (SELECT 1 FROM operator_slot WHERE public_key = NEW.public_key)
  BEGIN SELECT RAISE(ABORT, 'the key is that of an operator here'); END;
CREATE TRIGGER approval_card_no_update BEFORE UPDATE ON approval_card
  BEGIN SELECT RAISE(ABORT, 'cards are never changed'); END;
CREATE TRIGGER approval_card_no_delete BEFORE DELETE ON approval_card
  BEGIN SELECT RAISE(ABORT, 'cards are never removed'); END;
