-- Approvals: what waits for a second person, who agreed, whose right was lent. Commands and reasons
-- stand in sealed_value; what limits count stands here, as amounts do in the ledger.

CREATE TABLE approval_request (
  id INTEGER PRIMARY KEY,
  -- UUIDv7: no restored copy of the vault gives the same one to another request.
  request_id TEXT NOT NULL UNIQUE,
  procedure TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  policy_version INTEGER NOT NULL CHECK (policy_version > 0),
  -- NULL where the program asks by itself.
  maker_id INTEGER,
  -- The maker's signed statement, and the key it is checked with.
  maker_key BLOB,
  maker_signature BLOB,
  -- RFC 8785 text of {input, procedure}, and its SHA-256.
  command_sealed_id INTEGER NOT NULL,
  command_hash BLOB NOT NULL CHECK (length(command_hash) = 32),
  asked_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL CHECK (expires_at_ms > asked_at_ms),
  -- JSON [[currency, minor units], …], and how many: what limits count.
  amounts TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  brings_anew INTEGER NOT NULL CHECK (brings_anew IN (0, 1)),
  asked_record INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN (
    'pending', 'approved', 'executed', 'failed', 'vetoed', 'expired', 'withdrawn', 'void')),
  decided_at_ms INTEGER,
  -- The trace of its run: the first audit record that carries it marks the request executed.
  run_trace TEXT,
  executed_record INTEGER,
  failure_code TEXT,
  failure_message TEXT,
  CHECK ((maker_id IS NULL) = (maker_key IS NULL) AND (maker_id IS NULL) = (maker_signature IS NULL)),
  CHECK ((state = 'executed') = (executed_record IS NOT NULL)),
  CHECK ((state IN ('pending', 'approved')) = (decided_at_ms IS NULL))
) STRICT;
CREATE INDEX approval_request_by_state ON approval_request (state, expires_at_ms);
CREATE INDEX approval_request_by_command ON approval_request (command_hash);
CREATE INDEX approval_request_by_policy ON approval_request (policy_id, asked_at_ms);
CREATE INDEX approval_request_by_maker ON approval_request (maker_id, id);

-- One answer of one person. A person answers a request once, and a right is used once, whosever hand.
CREATE TABLE approval_vote (
  id INTEGER PRIMARY KEY,
  request_id INTEGER NOT NULL REFERENCES approval_request (id),
  operator_id INTEGER NOT NULL,
  -- Whose right was used: their own, or that of who lent it.
  right_of INTEGER NOT NULL,
  delegation_id INTEGER REFERENCES approval_delegation (id),
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'veto')),
  reason_sealed_id INTEGER,
  way TEXT NOT NULL CHECK (way IN ('console', 'packet')),
  voted_at_ms INTEGER NOT NULL,
  public_key BLOB NOT NULL,
  signature BLOB NOT NULL,
  record INTEGER NOT NULL,
  UNIQUE (request_id, operator_id),
  UNIQUE (request_id, right_of),
  CHECK ((operator_id <> right_of) = (delegation_id IS NOT NULL))
) STRICT;

-- A right to answer, lent for a time. Signed by who lends it.
CREATE TABLE approval_delegation (
  id INTEGER PRIMARY KEY,
  delegation_id TEXT NOT NULL UNIQUE,
  from_id INTEGER NOT NULL,
  to_id INTEGER NOT NULL CHECK (to_id <> from_id),
  -- JSON list of policies, in order.
  policy_ids TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL CHECK (until_ms > from_ms),
  reason_sealed_id INTEGER NOT NULL,
  public_key BLOB NOT NULL,
  signature BLOB NOT NULL,
  record INTEGER NOT NULL,
  ended_at_ms INTEGER,
  ended_record INTEGER,
  CHECK ((ended_at_ms IS NULL) = (ended_record IS NULL))
) STRICT;

-- What ran under a policy without a checker, being small enough: limits count it too.
CREATE TABLE approval_free_run (
  id INTEGER PRIMARY KEY,
  policy_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  amounts TEXT NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 0),
  -- The audit record of what ran.
  record INTEGER NOT NULL
) STRICT;
CREATE INDEX approval_free_run_by_policy ON approval_free_run (policy_id, at_ms);

CREATE TRIGGER approval_request_fixed BEFORE UPDATE OF
  id, request_id, procedure, policy_id, policy_version, maker_id, maker_key, maker_signature,
  command_sealed_id, command_hash, asked_at_ms, expires_at_ms, amounts, count, brings_anew,
  asked_record ON approval_request
  BEGIN SELECT RAISE(ABORT, 'what was asked for is not edited'); END;
CREATE TRIGGER approval_request_decided BEFORE UPDATE ON approval_request
  WHEN OLD.state NOT IN ('pending', 'approved')
  BEGIN SELECT RAISE(ABORT, 'a decided request stays as it is'); END;
CREATE TRIGGER approval_request_delete BEFORE DELETE ON approval_request
  BEGIN SELECT RAISE(ABORT, 'requests are not deleted'); END;
CREATE TRIGGER approval_vote_update BEFORE UPDATE ON approval_vote
  BEGIN SELECT RAISE(ABORT, 'votes are not edited'); END;
CREATE TRIGGER approval_vote_delete BEFORE DELETE ON approval_vote
  BEGIN SELECT RAISE(ABORT, 'votes are not deleted'); END;
CREATE TRIGGER approval_delegation_ended_once BEFORE UPDATE ON approval_delegation
  WHEN OLD.ended_at_ms IS NOT NULL OR NEW.ended_at_ms IS NULL OR NEW.id <> OLD.id
    OR NEW.delegation_id <> OLD.delegation_id OR NEW.from_id <> OLD.from_id OR NEW.to_id <> OLD.to_id
    OR NEW.policy_ids <> OLD.policy_ids OR NEW.from_ms <> OLD.from_ms OR NEW.until_ms <> OLD.until_ms
    OR NEW.reason_sealed_id <> OLD.reason_sealed_id OR NEW.public_key <> OLD.public_key
    OR NEW.signature <> OLD.signature OR NEW.record <> OLD.record
  BEGIN SELECT RAISE(ABORT, 'a lent right is ended once and not changed'); END;
CREATE TRIGGER approval_delegation_delete BEFORE DELETE ON approval_delegation
  BEGIN SELECT RAISE(ABORT, 'lent rights are ended, not deleted'); END;
CREATE TRIGGER approval_free_run_update BEFORE UPDATE ON approval_free_run
  BEGIN SELECT RAISE(ABORT, 'what ran is not edited'); END;
CREATE TRIGGER approval_free_run_delete BEFORE DELETE ON approval_free_run
  BEGIN SELECT RAISE(ABORT, 'what ran is not deleted'); END;
