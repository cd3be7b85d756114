import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { primitives } from '../../src/main/audit/index.ts';
import { linesOf, parseCheckpoint, verifyReceipt } from '../../src/main/proof/index.ts';
import { codeOf } from '../support/refusal.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { caller, type Heads, openHeads, write } from './support.ts';

/** Two consoles: A's log, of which B is a witness. */
let a: TestVault;
let b: TestVault;
let atA: Heads;
let atB: Heads;
let clock: ReturnType<typeof fixedClockRuntime>;

beforeEach(async () => {
  clock = fixedClockRuntime(Date.UTC(2026, 4, 15, 8));
  a = await openTestVault({ runtime: clock });
  b = await openTestVault({ runtime: clock, another: true });
  atA = openHeads(a);
  atB = openHeads(b);
});
afterEach(async () => {
  await atA.keys.close();
  await atB.keys.close();
  a.close();
  b.close();
});

const trustOf = (heads: Heads) => heads.transparency.trust().text;
const shown = (size?: number) => atA.transparency.showTo({ witness: b.vault.vaultId, size }).text;
const witness = (note: string, trust = trustOf(atA)) => atB.transparency.witness(caller, { note, trust });

/** A head shown to B, countersigned, and taken back. */
function countersign(): number {
  write(a, 3);
  const { cosigned } = witness(shown());
  return atA.transparency.witnesses.take(caller, cosigned!)[0]!.size;
}

const verifiedBy = (text: string, trust: string) => verifyReceipt(text, primitives, trust);

describe('a head that another console countersigns', () => {
  test('is taken back, shown with its checkpoint, and goes on from what the witness saw last', async () => {
    atA.transparency.witnesses.enrol(caller, trustOf(atB));
    const first = countersign();
    clock.advance(3_600_000);
    const second = countersign();
    expect(second).toBeGreaterThan(first);
    const { rows } = atA.transparency.checkpoints({ limit: 5 });
    const atMs = clock.nowMs();
    expect(rows.find(({ size }) => size === BigInt(second))!.cosigned).toEqual([
      { size: second, witness: b.vault.vaultId, atMs },
    ]);
    expect(atA.transparency.witnesses.enrolled()).toMatchObject([
      { vaultId: b.vault.vaultId, newest: { size: second, atMs } },
    ]);
    expect(await a.audit.verify()).toMatchObject({ findings: [] });
    expect(await b.audit.verify()).toMatchObject({ findings: [] });
  });

  test('stands in the receipt, which names its witness as known where the trust file does', () => {
    atA.transparency.witnesses.enrol(caller, trustOf(atB));
    countersign();
    const { text } = atA.transparency.receipt(caller, { seq: 2n });
    expect(Buffer.byteLength(text)).toBeLessThan(32 * 1024);
    const by = { vaultId: b.vault.vaultId, atMs: clock.nowMs() };
    expect(verifiedBy(text, trustOf(atA))).toMatchObject({
      verdict: 'verified',
      witnesses: [{ ...by, known: true }],
    });
    const { witnesses: _, ...without } = JSON.parse(trustOf(atA));
    expect(verifiedBy(text, JSON.stringify(without))).toMatchObject({
      verdict: 'verified',
      witnesses: [{ ...by, known: false }],
    });
  });

  test('does not verify with any other line, or with a line that nobody answers for', () => {
    atA.transparency.witnesses.enrol(caller, trustOf(atB));
    countersign();
    const { text } = atA.transparency.receipt(caller, { seq: 2n });
    const trust = trustOf(atA);
    const receipt = JSON.parse(text);
    const checkpoint = parseCheckpoint(receipt.checkpoint)!;
    const lines = linesOf(checkpoint, checkpoint.lines.at(-1)!.name);
    const written = (change: object) => `${JSON.stringify({ ...receipt, ...change }, null, 1)}\n`;
    const flip = (at: number) => {
      const place = receipt.checkpoint.length - lines.length + at;
      const other = receipt.checkpoint[place] === 'A' ? 'B' : 'A';
      return written({
        checkpoint: receipt.checkpoint.slice(0, place) + other + receipt.checkpoint.slice(place + 1),
      });
    };
    for (const at of [60, 75, 100, lines.indexOf('\n') + 200, lines.length - 30]) {
      expect(verifiedBy(flip(at), trust).verdict, `character ${at}`).toBe('not-verified');
    }
    const { witnesses: _, ...unnamed } = receipt;
    expect(verifiedBy(`${JSON.stringify(unnamed, null, 1)}\n`, trust).verdict).toBe('not-verified');
    const stripped = written({ checkpoint: receipt.checkpoint.replace(lines, '') });
    expect(verifiedBy(stripped, trust).verdict).toBe('not-verified');
  });

  test.each<[string, string, () => unknown]>([
    [
      'its own trust file',
      'AUDIT_WITNESS_SELF',
      () => atA.transparency.witnesses.enrol(caller, trustOf(atA)),
    ],
    ['what is no trust file', 'AUDIT_SIGNER_UNKNOWN', () => atA.transparency.witnesses.enrol(caller, '{}')],
    [
      'a head that nobody enrolled countersigned',
      'AUDIT_WITNESS_UNKNOWN',
      () => {
        write(a, 1);
        return atA.transparency.witnesses.take(caller, witness(shown()).cosigned!);
      },
    ],
    [
      'a head of another log',
      'AUDIT_CHECKPOINT_INVALID',
      () => {
        write(b, 1);
        return atA.transparency.witnesses.take(caller, atB.transparency.checkpoint().note);
      },
    ],
    ['what is no checkpoint', 'AUDIT_CHECKPOINT_INVALID', () => atA.transparency.witnesses.take(caller, 'x')],
    [
      'a countersignature that was changed',
      'AUDIT_CHECKPOINT_INVALID',
      () => {
        atA.transparency.witnesses.enrol(caller, trustOf(atB));
        write(a, 1);
        const { cosigned } = witness(shown());
        return atA.transparency.witnesses.take(
          caller,
          `${cosigned!.slice(0, -900)}AAAA${cosigned!.slice(-896)}`,
        );
      },
    ],
    [
      'a proof from another head than the witness saw last',
      'AUDIT_PROOF_NEEDED',
      () => {
        countersignAlone();
        write(a, 4);
        return witness(shown(1));
      },
    ],
    ['more records than there are', 'INPUT_INVALID', () => shown(9_999)],
  ])('refuses %s', (_, code, work) => {
    expect(codeOf(work)).toBe(code);
  });

  const countersignAlone = () => {
    write(a, 3);
    witness(shown());
  };

  test('an older head is consistent, and is not countersigned after a newer one', () => {
    write(a, 3);
    const old = atA.transparency.checkpoint();
    write(a, 3);
    witness(shown());
    const newest = Number(atA.transparency.checkpoint().size);
    const { path } = atA.transparency.consistency(Number(old.size), newest);
    const proof = path.map((node) => node.toString('base64'));
    const answer = atB.transparency.witness(caller, { note: old.note, trust: trustOf(atA), proof });
    expect(answer).toMatchObject({ outcome: 'consistent', cosigned: null });
  });

  test('a split view gets no countersignature, and an incident', () => {
    write(a, 3);
    witness(shown());
    const seen = Number(atA.transparency.checkpoint().size);
    write(a, 4);
    // What leads to the new head does not begin with the one that was seen: another log lies behind it.
    const honest = shown(seen).split('\n');
    const forged = [honest[0], Buffer.alloc(32, 7).toString('base64'), ...honest.slice(2)].join('\n');
    const answer = witness(forged);
    expect([answer.outcome, answer.cosigned]).toEqual(['inconsistent', null]);
    expect(atB.incidents.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'audit.head-inconsistent critical',
    ]);
  });
});

test.each([
  ['audit_witness_key', "vault_id = vault_id || 'x'"],
  ['audit_witness_key', 'public_key = zeroblob(1344)'],
  ['audit_cosignature', 'size = size + 1'],
  ['audit_cosignature', 'at_ms = at_ms + 1'],
  ['audit_cosignature', "lines = ''"],
])('a row of %s with another value is found: %s', async (table, change) => {
  atA.transparency.witnesses.enrol(caller, trustOf(atB));
  countersign();
  const seq = a.vault.db.prepare(`SELECT seq FROM ${table}`).pluck().get();
  a.vault.db.exec(`DROP TRIGGER ${table}_no_update; UPDATE ${table} SET ${change}`);
  const { findings } = await a.audit.verify();
  expect(findings.map(({ seq: at, code }) => `${code}@${at}`)).toEqual([`WITNESS_CHANGED@${seq}`]);
});
