import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { primitives } from '../../src/main/audit/index.ts';
import { tilePath } from '../../src/main/audit/tiles.ts';
import { leafHash, merkleRoot } from '../../src/main/crypto/index.ts';
import { isConsistent, parseCheckpoint, verifyReceipt } from '../../src/main/proof/index.ts';
import { codeOf } from '../support/refusal.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';
import { caller, type Heads, openHeads, write } from './support.ts';

let t: TestVault;
let h: Heads;
let clock: ReturnType<typeof fixedClockRuntime>;
beforeEach(async () => {
  clock = fixedClockRuntime(Date.UTC(2026, 4, 15));
  t = await openTestVault({ runtime: clock });
  h = openHeads(t);
});
afterEach(async () => {
  await h.keys.close();
  t.close();
});

describe('a checkpoint', () => {
  test('names vault, epoch, size and root, and both keys sign it', () => {
    write(t, 5);
    const { note, size, root, keyId } = h.transparency.checkpoint();
    const head = t.audit.head()!;
    expect(note.split('\n').slice(0, 4)).toEqual([
      `countersign/vault/${t.vault.vaultId}/epoch/0`,
      String(head.seq),
      head.root.toString('base64'),
      '',
    ]);
    expect(parseCheckpoint(note)?.lines).toHaveLength(2);
    expect([size, root, keyId]).toEqual([BigInt(head.seq), head.root, 'log-3']);
  });

  test('is made where something was written since, and not twice', () => {
    expect(h.transparency.checkpointIfWritten()).toBe(true);
    expect(h.transparency.checkpointIfWritten()).toBe(false);
    const first = h.transparency.checkpoint();
    write(t, 1);
    expect(h.transparency.checkpointIfWritten()).toBe(true);
    const { rows, nextCursor } = h.transparency.checkpoints({ limit: 1 });
    expect(rows[0]!.size).toBe(first.size + 1n);
    expect(h.transparency.checkpoints({ limit: 9, cursor: nextCursor! }).rows).toEqual([first]);
    expect(codeOf(() => h.transparency.checkpoints({ limit: 1, cursor: 'x' }))).toBe('INPUT_INVALID');
  });

  test('is not signed by a key that is compromised', () => {
    h.transparency.checkpoint();
    h.keys.markCompromised(caller, { keyId: 'log-3', reason: 'a test' });
    expect(codeOf(() => h.transparency.checkpoint())).toBe('KEY_NOT_USABLE');
    expect(h.transparency.trust().fingerprints).toEqual([]);
    h.keys.rotate(caller, { keyId: 'log-3' });
    expect(h.transparency.checkpoint().keyId).toBe('log-4');
    expect(h.transparency.trust().fingerprints.map(({ keyId }) => keyId)).toEqual(['log-4']);
  });

  test('is never signed over a log that does not go on from the last one', () => {
    write(t, 9);
    h.transparency.checkpoint();
    write(t, 1);
    t.vault.db.exec('DROP TRIGGER audit_record_no_update');
    t.vault.db.exec('UPDATE audit_record SET leaf = zeroblob(32) WHERE seq = 4');
    expect(codeOf(() => h.transparency.checkpoint())).toBe('AUDIT_CHAIN_BROKEN');
    expect(h.incidents.map(({ kind }) => kind)).toEqual(['audit.head-inconsistent']);
  });

  test('stays as it is', () => {
    h.transparency.checkpoint();
    expect(() => t.vault.db.exec('UPDATE audit_checkpoint SET size = 99')).toThrow(/never changed/);
    expect(() => t.vault.db.exec('DELETE FROM audit_checkpoint')).toThrow(/never removed/);
  });
});

test('a consistency proof leads from every head to every later one, and to no other', () => {
  write(t, 40 - (t.audit.head()?.seq ?? 0));
  for (let to = 0; to <= 40; to += 1) {
    for (let from = 0; from <= to; from += 1) {
      const { fromRoot, toRoot, path } = h.transparency.consistency(from, to);
      const claim = { fromSize: from, fromRoot, toSize: to, toRoot, path };
      expect(isConsistent(claim, primitives.sha256), `${from} → ${to}`).toBe(true);
      if (from === 0) continue;
      const wrong = Buffer.from(fromRoot.map((byte) => byte ^ 1));
      expect(isConsistent({ ...claim, fromRoot: wrong }, primitives.sha256)).toBe(false);
      expect(isConsistent({ ...claim, path: [...path, wrong] }, primitives.sha256)).toBe(false);
      if (path.length > 0) {
        expect(isConsistent({ ...claim, path: path.slice(1) }, primitives.sha256)).toBe(false);
      }
    }
  }
  expect(codeOf(() => h.transparency.consistency(3, 2))).toBe('INPUT_INVALID');
  expect(codeOf(() => h.transparency.consistency(3, 41))).toBe('AUDIT_RECORD_MISSING');
});

describe('a receipt', () => {
  test('is one small file that verifies under the trust file and under the fingerprint', () => {
    write(t, 300);
    const { text } = h.transparency.receipt(caller, { seq: 100n });
    expect(Buffer.byteLength(text)).toBeLessThan(32 * 1024);
    const trust = h.transparency.trust();
    const fingerprint = trust.fingerprints[0]!.fingerprint;
    expect(verifyReceipt(text, primitives, trust.text)).toMatchObject({
      verdict: 'verified',
      signedAtMs: Date.UTC(2026, 4, 15),
      fingerprint,
    });
    expect(verifyReceipt(text, primitives, fingerprint.toUpperCase()).verdict).toBe('verified');
    expect(verifyReceipt(text, primitives).verdict).toBe('signer-unknown');
    expect(verifyReceipt(text, primitives, '0'.repeat(64)).verdict).toBe('not-verified');
    expect(verifyReceipt(text, primitives, 'nonsense').verdict).toBe('not-verified');
  });

  test('says who had it made: that is a record of its own', () => {
    write(t, 3);
    const before = t.audit.lastSeq();
    h.transparency.receipt(caller, { seq: before });
    expect(t.audit.get(before + 1n)).toMatchObject({
      record: { kind: 'audit.receipt', actor: 'ada', subjects: [{ kind: 'audit-record', id: `${before}` }] },
    });
  });

  test('is found by the bank transaction that was matched', () => {
    write(t, 3);
    const { text } = h.transparency.receipt(caller, { bankTransactionId: 'b-1' });
    const { receipt } = verifyReceipt(text, primitives);
    expect(receipt?.detail?.text).toBe('{"i":1,"invoice":"RE-2026-0001","rule":"reference"}');
    expect(codeOf(() => h.transparency.receipt(caller, { bankTransactionId: 'none' }))).toBe(
      'AUDIT_RECORD_MISSING',
    );
    expect(codeOf(() => h.transparency.receipt(caller, { seq: 99n }))).toBe('AUDIT_RECORD_MISSING');
  });

  test('of a record whose detail was erased shows the rest', () => {
    write(t, 3);
    t.vault.transaction(() => t.audit.proofs.erase(2));
    const { text } = h.transparency.receipt(caller, { seq: 2n });
    expect(verifyReceipt(text, primitives, h.transparency.trust().text)).toMatchObject({
      verdict: 'verified',
      receipt: { detail: null },
    });
  });

  test('is refused where its detail is too long, and nothing is recorded', () => {
    t.vault.transaction(() =>
      t.audit.record({ kind: 'ledger.post', actor: 'ada', detail: 'x'.repeat(40_000) }),
    );
    const before = t.audit.lastSeq();
    expect(codeOf(() => h.transparency.receipt(caller, { seq: before }))).toBe('AUDIT_RECEIPT_TOO_LARGE');
    expect(t.audit.lastSeq()).toBe(before);
  });
});

describe('the export', () => {
  test.each([
    [0, 0, 256, 'tile/0/000'],
    [0, 1_234_067, 256, 'tile/0/x001/x234/067'],
    [1, 2, 17, 'tile/1/002.p/17'],
    ['entries', 999, 256, 'tile/entries/999'],
    ['entries', 1_000, 1, 'tile/entries/x001/000.p/1'],
  ] as const)('lays tile %s/%i of %i hashes at %s', (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path);
  });

  test('writes a tree that anybody can build again from its entries', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-tiles-'));
    try {
      write(t, 600 - (t.audit.head()?.seq ?? 0));
      const { size, files } = await h.transparency.exportTiles(folder);
      expect([size, files]).toEqual([600, 3 + 1 + 3 + 1]);
      const read = (path: string) => readFileSync(join(folder, path));
      const leaves: Buffer[] = [];
      for (const bundle of ['tile/entries/000', 'tile/entries/001', 'tile/entries/002.p/88']) {
        const bytes = read(bundle);
        for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
          leaves.push(leafHash(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at))));
        }
      }
      const tiles = ['tile/0/000', 'tile/0/001', 'tile/0/002.p/88'].map(read);
      expect(Buffer.concat(leaves).equals(Buffer.concat(tiles))).toBe(true);
      expect(read('tile/1/000.p/2').subarray(0, 32)).toEqual(merkleRoot(leaves, 0, 256));
      const checkpoint = parseCheckpoint(read('checkpoint').toString('utf8'))!;
      expect([checkpoint.size, Buffer.from(checkpoint.root)]).toEqual([600, merkleRoot(leaves)]);
      expect(existsSync(join(folder, 'tile/2'))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('a head that somebody shows', () => {
  test('of this log is consistent, and kept', () => {
    write(t, 4);
    const { note, size } = h.transparency.checkpoint();
    write(t, 4);
    expect(h.transparency.witness(caller, { note })).toMatchObject({
      outcome: 'consistent',
      comparedWith: Number(size),
    });
    expect(h.incidents).toEqual([]);
  });

  test.each([
    ['nothing', '', 'AUDIT_CHECKPOINT_INVALID'],
    ['a text', 'countersign\n1\n2\n', 'AUDIT_CHECKPOINT_INVALID'],
  ])('that is %s is refused', (_, note, code) => {
    expect(codeOf(() => h.transparency.witness(caller, { note }))).toBe(code);
  });

  test('with a changed size, root or signature is refused', () => {
    write(t, 4);
    const { note } = h.transparency.checkpoint();
    const lines = note.split('\n');
    const change = (at: number, from: number) =>
      lines
        .map((line, i) => {
          const other = line[from] === 'A' ? 'B' : 'A';
          return i === at ? `${line.slice(0, from)}${other}${line.slice(from + 1)}` : line;
        })
        .join('\n');
    const attacks = [
      note.replace(`\n${lines[1]}\n`, '\n3\n'),
      change(2, 3),
      change(4, lines[4]!.length - 20),
      change(5, lines[5]!.length - 20),
      lines.filter((_, at) => at !== 4).join('\n'),
      lines.filter((_, at) => at !== 5).join('\n'),
    ];
    for (const each of attacks) {
      expect(each).not.toBe(note);
      expect(codeOf(() => h.transparency.witness(caller, { note: each }))).toBe('AUDIT_CHECKPOINT_INVALID');
    }
  });

  test('of this log, which has been cut off or written anew since, is an incident', async () => {
    write(t, 10);
    // The file is copied here, goes on and signs; then the copy is put back and goes on another way.
    const size = t.audit.head()!.seq;
    const other = h.transparency;
    write(t, 3);
    const ahead = other.checkpoint();
    const views = [
      { cut: true, outcome: 'inconsistent', reason: /cut off/ },
      { cut: false, outcome: 'inconsistent', reason: /other ones/ },
    ];
    for (const { cut, outcome, reason } of views) {
      const audit = {
        ...t.audit,
        head: () => ({ ...t.audit.head()!, seq: cut ? size : size + 3 }),
        proofs: { ...t.audit.proofs, rootAt: () => Buffer.alloc(32) },
      };
      const { createTransparency } = await import('../../src/main/audit/index.ts');
      const view = createTransparency({
        ...{ vault: t.vault, audit, runtime: t.runtime, signer: h.keys.pairs },
        raiseIncident: (report) => h.incidents.push(report),
      });
      const answer = view.witness(caller, { note: ahead.note });
      expect(answer).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    }
    expect(h.incidents.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['audit.head-inconsistent', 'critical'],
      ['audit.head-inconsistent', 'critical'],
    ]);
  });

  test('of another log needs its trust file, then a proof; a split view is an incident', async () => {
    const far = await openTestVault({ runtime: clock, another: true });
    const there = openHeads(far);
    try {
      write(far, 7);
      const first = there.transparency.checkpoint();
      const trust = there.transparency.trust().text;
      const show = (note: string, proof?: string[]) =>
        h.transparency.witness(caller, { note, trust, ...(proof ? { proof } : {}) });
      expect(codeOf(() => h.transparency.witness(caller, { note: first.note }))).toBe('AUDIT_SIGNER_UNKNOWN');
      const ownTrust = h.transparency.trust().text;
      expect(codeOf(() => h.transparency.witness(caller, { note: first.note, trust: ownTrust }))).toBe(
        'AUDIT_SIGNER_UNKNOWN',
      );
      expect(show(first.note)).toMatchObject({ outcome: 'consistent', comparedWith: null });
      expect(show(first.note)).toMatchObject({ outcome: 'consistent', comparedWith: Number(first.size) });
      write(far, 6);
      const second = there.transparency.checkpoint();
      expect(codeOf(() => show(second.note))).toBe('AUDIT_PROOF_NEEDED');
      expect(codeOf(() => show(second.note, ['x']))).toBe('INPUT_INVALID');
      const { path } = there.transparency.consistency(Number(first.size), Number(second.size));
      const proof = path.map((node) => node.toString('base64'));
      expect(show(second.note, proof)).toMatchObject({ outcome: 'consistent' });
      expect(h.incidents).toEqual([]);
      write(far, 1);
      const third = there.transparency.checkpoint();
      expect(show(third.note, [...proof, ...proof])).toMatchObject({ outcome: 'inconsistent' });
      expect(h.incidents.map(({ kind }) => kind)).toEqual(['audit.head-inconsistent']);
      const { findings } = await t.audit.verify();
      expect(findings).toEqual([]);
    } finally {
      await there.keys.close();
      far.close();
    }
  });
});
