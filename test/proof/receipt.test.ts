import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { primitives } from '../../src/main/audit/index.ts';
import { recordLeaf } from '../../src/main/audit/record-form.ts';
import { fileText, parseTrust, type Receipt, verifyReceipt } from '../../src/main/proof/index.ts';
import { leafOfRecord } from '../../src/main/proof/record.ts';
import { caller, openHeads, write } from '../audit/support.ts';
import { withTestVault } from '../support/vault.ts';

let receipt: string;
let other: string;
let trust: string;
let otherTrust: string;

async function make(another = false): Promise<{ receipt: string; trust: string }> {
  return withTestVault(
    async (t) => {
      const { transparency, keys } = openHeads(t);
      write(t, 70);
      const made = {
        receipt: transparency.receipt(caller, { seq: 33n }).text,
        trust: transparency.trust().text,
      };
      await keys.close();
      return made;
    },
    { another },
  );
}

beforeAll(async () => {
  ({ receipt, trust } = await make());
  ({ receipt: other, trust: otherTrust } = await make(true));
});

const verdict = (file: string, given: string | undefined = trust) =>
  verifyReceipt(file, primitives, given).verdict;
const changed = (change: (receipt: Receipt) => unknown) =>
  fileText({ ...JSON.parse(receipt), ...(change(JSON.parse(receipt)) as object) });

describe('a receipt', () => {
  test('verifies under the trust file of its log, and under no other', () => {
    expect(verdict(receipt)).toBe('verified');
    expect(verdict(receipt, otherTrust)).toBe('not-verified');
    expect(verdict(other)).toBe('not-verified');
    const { vaultId } = parseTrust(trust);
    const posing = fileText({ ...parseTrust(otherTrust), vaultId });
    expect(verdict(receipt, posing)).toBe('not-verified');
    expect(verdict(receipt, '')).toBe('signer-unknown');
  });

  test('with any one character changed, added or taken away is not verified', () => {
    fc.assert(
      fc.property(
        fc.nat(receipt.length - 1),
        fc.constantFrom('a', 'B', '0', '9', ' ', '\t', '\n', '"', '+', '/', '=', '}', 'é'),
        fc.constantFrom('change', 'add', 'take'),
        (at, char, how) => {
          const rest = receipt.slice(how === 'add' ? at : at + 1);
          const file = receipt.slice(0, at) + (how === 'take' ? '' : char) + rest;
          fc.pre(file !== receipt);
          expect(verdict(file)).toBe('not-verified');
          expect(verdict(file, '')).toBe('not-verified');
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each<[string, (receipt: Receipt) => Partial<Receipt>]>([
    ['the checkpoint of another log', () => ({ checkpoint: (JSON.parse(other) as Receipt).checkpoint })],
    ['the keys of another log', () => ({ keys: (JSON.parse(other) as Receipt).keys })],
    ['another vault', () => ({ vaultId: (JSON.parse(other) as Receipt).vaultId })],
    ['another epoch', () => ({ epoch: 1 })],
    ['another number of records', (r) => ({ inclusion: { ...r.inclusion, treeSize: 70 } })],
    [
      'a path without its last node',
      (r) => ({
        inclusion: { ...r.inclusion, path: r.inclusion.path.slice(0, -1) },
      }),
    ],
    ['another place', (r) => ({ record: { ...r.record, seq: 34 } })],
    ['another actor', (r) => ({ record: { ...r.record, actor: 'eve' } })],
    ['a detail that was made up', (r) => ({ detail: { ...r.detail!, text: '{"i":2}' } })],
    ['a salt that is too short', (r) => ({ detail: { ...r.detail!, salt: 'AAAA' } })],
    [
      'one signature line',
      (r) => ({
        checkpoint: `${r.checkpoint.split('\n').slice(0, 5).join('\n')}\n`,
      }),
    ],
    [
      'a line signed twice',
      (r) => ({
        checkpoint: `${r.checkpoint}${r.checkpoint.split('\n').at(-2)}\n`,
      }),
    ],
  ])('with %s is not verified', (_, change) => {
    expect(verdict(changed(change))).toBe('not-verified');
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'receipt'],
    ['another form', '{"form":"countersign receipt v2"}'],
    ['a list', '[]'],
    ['more than 32 KB', `"${'x'.repeat(33_000)}"`],
  ])('that is %s is not verified and harms nobody', (_, file) => {
    expect(verifyReceipt(file, primitives)).toMatchObject({ verdict: 'not-verified', receipt: null });
  });
});

test('the verifier writes a record as the log does', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(
      fc.record({
        seq: fc.nat(),
        recordedAtMs: fc.integer({ min: 0, max: 2 ** 45 }),
        kind: fc.constantFrom('ledger.post', 'a.b'),
        actor: fc.string({ maxLength: 40 }).filter((text) => text.isWellFormed()),
        traceId: fc.string({ maxLength: 40 }),
        detailId: fc.nat(),
        subjects: fc.constantFrom('', '[["account","é"]]'),
        commitment: bytes,
        previousLeaf: bytes,
      }),
      (record) => {
        const leaf = leafOfRecord(record, primitives.sha256);
        expect(Buffer.from(leaf)).toEqual(recordLeaf({ ...record }, record.previousLeaf));
      },
    ),
  );
});
