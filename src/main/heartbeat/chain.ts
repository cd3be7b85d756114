import { canonicalJson, canonicalJsonBytes, sha256 } from '../crypto/index.ts';

/** What the hash of an event is over, besides the hash before it. */
export interface ChainedEvent {
  readonly seq: number;
  readonly atMs: number;
  readonly source: string;
  readonly ok: boolean;
  readonly message: string;
  /** Canonical JSON. */
  readonly facts: string;
  readonly nextWithinMs: number | null;
}

/** What the first event's hash is chained to: it names the vault, so that no other's log fits. */
export function genesisHash(vaultId: string): Buffer {
  return sha256(canonicalJsonBytes({ log: 'countersign security heartbeat', vaultId }));
}

/** SHA-256 over the canonical JSON of an event and the hash before it. */
export function chainHash(event: ChainedEvent, previous: Uint8Array): Buffer {
  const { seq, atMs, source, ok, message, facts, nextWithinMs } = event;
  const previousHex = Buffer.from(previous).toString('hex');
  return sha256(
    canonicalJsonBytes({ seq, atMs, source, ok, message, facts, nextWithinMs, previous: previousHex }),
  );
}

/** The text of an event's facts as it is kept and hashed. */
export function factsText(facts: Readonly<Record<string, string | number | boolean | null>>): string {
  return canonicalJson(facts);
}

export type HeartbeatFindingCode = 'EVENT_MISSING' | 'EVENT_CHANGED' | 'HEAD_DIFFERS';

export interface HeartbeatFinding {
  readonly seq: number | null;
  readonly code: HeartbeatFindingCode;
  readonly message: string;
}

/** The end of the chain as it was noted beside it. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Findings that are listed; a log that was replaced as a whole would yield one an event. */
const MOST_FINDINGS = 100;

/**
 * Walks along the chain, an event at a time and in order, and goes on after a finding: numbers
 * without a gap, each event under its hash, and the end that was noted when it was written.
 */
export function createChainWalk(vaultId: string) {
  const findings: HeartbeatFinding[] = [];
  let previous = genesisHash(vaultId);
  let expectedSeq = 1;
  let events = 0;
  const find = (seq: number | null, code: HeartbeatFindingCode, message: string) => {
    if (findings.length < MOST_FINDINGS) findings.push({ seq, code, message });
  };
  return {
    take(event: ChainedEvent & { readonly hash: Buffer }): void {
      events += 1;
      if (event.seq !== expectedSeq)
        find(expectedSeq, 'EVENT_MISSING', `events ${expectedSeq} to ${event.seq - 1} are missing`);
      else if (!chainHash(event, previous).equals(event.hash))
        find(event.seq, 'EVENT_CHANGED', `event ${event.seq}, or the one before it, is not what was written`);
      expectedSeq = event.seq + 1;
      previous = event.hash;
    },
    /** Holds the end against the one that was noted; `undefined` where nothing was ever noted. */
    end(noted: ChainHead | undefined): { readonly events: number; readonly findings: HeartbeatFinding[] } {
      const last = expectedSeq - 1;
      const notedSeq = noted?.seq ?? 0;
      if (last < notedSeq)
        find(last + 1, 'EVENT_MISSING', `the log ends at event ${last}, but ${notedSeq} were written`);
      else if (last > notedSeq)
        find(notedSeq + 1, 'HEAD_DIFFERS', `the log goes on after event ${notedSeq}, which was its last`);
      else if (noted !== undefined && previous.toString('hex') !== noted.hash)
        find(last, 'HEAD_DIFFERS', 'the end of the log is not the one that was written');
      return { events, findings };
    },
  };
}
