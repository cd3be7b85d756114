import { expect, test } from 'vitest';
import { primitives } from '../../src/main/audit/index.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import { canonicalJson, hybridSignatures, sha256 } from '../../src/main/crypto/index.ts';
import { verifyReceipt } from '../../src/main/proof/index.ts';
import { caller, openHeads } from '../audit/support.ts';
import { withTestVault } from '../support/vault.ts';

const SUITE = 'Ed25519+ML-DSA-65';
const scheme = hybridSignatures[SUITE];
const fillRandom = (target: Uint8Array) => systemRuntime.randomFill(target);
const ask = scheme.keyPair(fillRandom);
const agree = scheme.keyPair(fillRandom);
const personOf = (key: Buffer) => sha256(key).toString('hex');

/** A detail as the approvals write it, for a vault; `change` spoils it. */
function detailFor(vault: string, change: (detail: Detail) => void = () => {}): Detail {
  const common = {
    vault,
    request: 'r-1',
    procedure: 'ledger.reverse',
    commandHash: 'ab'.repeat(32),
    policy: 'journal',
    version: 1,
    expiresAtMs: 2_000_000,
  };
  const sign = (key: typeof ask, decision: string, reason: string | null) => {
    const person = personOf(key.publicKey);
    const message = Buffer.from(canonicalJson({ ...common, decision, person, onBehalfOf: null, reason }));
    const signature = scheme
      .signer({ secretKey: key.secretKey, fillRandom })
      .sign({ purpose: 'approval', message });
    const { publicKey } = key;
    return {
      ...{ person, suite: SUITE, publicKey: publicKey.toString('base64') },
      signature: signature.toString('base64'),
    };
  };
  const detail = {
    ...{ form: 'countersign approval v1', ...common, askedRecord: '1', commandRecord: '2' },
    maker: { operator: 'operator-1', name: 'Ada', askedAtMs: 1_000, ...sign(ask, 'ask', null) },
    checkers: [
      {
        ...{ operator: 'operator-2', name: 'Bo', votedAtMs: 1_500, way: 'console', onBehalfOf: null },
        ...{ reason: 'seen', record: '1', ...sign(agree, 'approve', 'seen') },
      },
    ],
  };
  change(detail);
  return detail;
}
// biome-ignore lint/suspicious/noExplicitAny: the detail is spoiled on purpose.
type Detail = any;

const verdictOf = (change?: (detail: Detail) => void, vaultId?: string) =>
  withTestVault(async (t) => {
    const heads = openHeads(t);
    const detail = detailFor(vaultId ?? t.vault.vaultId, change);
    const seq = t.vault.transaction(() =>
      t.audit.record({ kind: 'approvals.execute', actor: 'operator-1', detail }),
    );
    const { text } = heads.transparency.receipt(caller, { seq });
    const answer = verifyReceipt(text, primitives, heads.transparency.trust().text);
    await heads.keys.close();
    return answer;
  });

test('a receipt of an executed command shows who asked and who agreed, their signatures checked', async () => {
  expect(await verdictOf()).toMatchObject({
    verdict: 'verified',
    approval: [
      { role: 'maker', operator: 'operator-1', name: 'Ada', atMs: 1_000, signature: 'checked' },
      { role: 'checker', operator: 'operator-2', name: 'Bo', atMs: 1_500, signature: 'checked' },
    ],
  });
});

test('a key that the receipt has no room for is said to be missing', async () => {
  const { verdict, approval } = await verdictOf((detail) => {
    detail.checkers[0].publicKey = null;
  });
  expect([verdict, approval?.[1]?.signature]).toEqual(['verified', 'key-missing']);
});

test.each<[string, (detail: Detail) => void]>([
  [
    'another command',
    (detail) => {
      detail.commandHash = 'cd'.repeat(32);
    },
  ],
  [
    'another amount of time',
    (detail) => {
      detail.expiresAtMs += 1;
    },
  ],
  [
    'another policy',
    (detail) => {
      detail.version = 2;
    },
  ],
  [
    'another reason of the checker',
    (detail) => {
      detail.checkers[0].reason = 'unseen';
    },
  ],
  [
    'a vote on behalf of somebody',
    (detail) => {
      detail.checkers[0].onBehalfOf = 'operator-9';
    },
  ],
  [
    'another person named',
    (detail) => {
      detail.checkers[0].person = 'ef'.repeat(32);
    },
  ],
  ['the maker as checker', (detail) => void Object.assign(detail.checkers[0], detail.maker)],
  ['one checker twice', (detail) => void detail.checkers.push(detail.checkers[0])],
  [
    'no checker',
    (detail) => {
      detail.checkers = [];
    },
  ],
  [
    'a checker without a signature',
    (detail) => {
      detail.checkers[0].signature = null;
    },
  ],
  [
    'a suite that we do not know',
    (detail) => {
      detail.checkers[0].suite = 'RSA';
    },
  ],
])('with %s it is not verified, though the log holds it', async (_, change) => {
  expect((await verdictOf(change)).verdict).toBe('not-verified');
});

test('an approval of another vault is not verified', async () => {
  expect((await verdictOf(undefined, 'another-vault')).verdict).toBe('not-verified');
});
