import { dirname } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { createEpoch, type SignAs } from '../../src/main/audit/index.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import { hybridSignatures } from '../../src/main/crypto/index.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { codeOf } from '../support/refusal.ts';
import { type TestVault, withTestVault } from '../support/vault.ts';

const caller = (id: string) => ({ actor: `operator-${id}`, traceId: 't' });

/** People, each with a key of their own. */
function person(operatorId: string): SignAs {
  const scheme = hybridSignatures['Ed25519+ML-DSA-65'];
  const fillRandom = (target: Uint8Array) => systemRuntime.randomFill(target);
  const { publicKey, secretKey } = scheme.keyPair(fillRandom);
  return (signed) => {
    const signature = scheme.signer({ secretKey, fillRandom }).sign(signed);
    return { operatorId, publicKey, signature };
  };
}

/** What a restore leaves behind. */
function restored({ vault, audit }: TestVault, epoch = 1): void {
  vault.transaction(() => {
    vault.setMeta('audit.epoch', String(epoch));
    const detail = { source: 'backup.csb', record: 5n, leaf: 'ab', epoch };
    audit.record({ kind: 'backup.restore', actor: 'ada', detail });
  });
}

const epochOf = ({ vault, audit }: TestVault) => createEpoch({ vault, audit, isPerson: (id) => id !== '9' });

test('a log that was never restored needs no signature, and takes none', () =>
  withTestVault((t) => {
    const epoch = epochOf(t);
    expect(epoch.state()).toMatchObject({ epoch: 0, signed: true, statement: null });
    expect(codeOf(() => epoch.sign(caller('1'), person('1')))).toBe('AUDIT_EPOCH_SIGNED');
  }));

test('two different people sign what the restore says, and the log holds both', () =>
  withTestVault(async (t) => {
    restored(t);
    const epoch = epochOf(t);
    expect(epoch.state()).toMatchObject({ epoch: 1, signed: false, needed: 2, signatures: [] });
    expect(JSON.parse(epoch.state().statement!)).toEqual({
      vault: t.vault.vaultId,
      epoch: 1,
      from: { record: '5', leaf: 'ab' },
      restoredFrom: 'backup.csb',
      record: '1',
    });
    const ada = person('1');
    expect(epoch.sign(caller('1'), ada).signed).toBe(false);
    expect(codeOf(() => epoch.sign(caller('1'), ada))).toBe('AUDIT_EPOCH_SIGNED');
    expect(codeOf(() => epoch.sign(caller('9'), person('9')))).toBe('NOT_PERMITTED');
    expect(epoch.sign(caller('2'), person('2'))).toMatchObject({
      signed: true,
      signatures: [{ operatorId: '1' }, { operatorId: '2' }],
    });
    expect(t.audit.list({ kind: 'audit.sign-epoch', limit: 5 }).rows.map(({ actor }) => actor)).toEqual([
      'operator-2',
      'operator-1',
    ]);
    expect(await t.audit.verify()).toMatchObject({ findings: [] });
    restored(t, 2);
    expect(epoch.state()).toMatchObject({ epoch: 2, signed: false, signatures: [] });
  }));

test.each([
  "statement = statement || ' '",
  'signature = zeroblob(length(signature))',
  'public_key = zeroblob(3)',
  'operator_id = 3',
])('a signature that was changed is found, and where it does not fit it counts no more: %s', (change) =>
  withTestVault(async (t) => {
    restored(t);
    for (const id of ['1', '2']) epochOf(t).sign(caller(id), person(id));
    t.vault.db.exec('DROP TRIGGER audit_epoch_signature_no_update');
    t.vault.db.exec(`UPDATE audit_epoch_signature SET ${change} WHERE operator_id = 1`);
    expect(epochOf(t).state().signed).toBe(change.startsWith('operator'));
    const { findings } = await t.audit.verify();
    expect(findings.map(({ code, seq }) => `${code}@${seq}`)).toEqual(['WITNESS_CHANGED@2']);
  }),
);

test('until the epoch is signed every command is refused but what leads there; reading goes on', () =>
  withTestVault(async (t) => {
    restored(t);
    const { directory } = t;
    t.vault.close();
    const host = createEngineHost({
      version: '0.0.0',
      dataFolder: dirname(directory),
      openVault: async () => (await t.reopen()).vault,
    });
    const client = createRouterClient(host.router, { context: host.contextFor('loopback') });
    await client.vault.open({ directory, passphrase: 'whatever it is' });
    expect(await client.audit.epoch()).toMatchObject({ epoch: 1, signed: false });
    const refused = expect.objectContaining({ code: 'AUDIT_EPOCH_UNSIGNED' });
    await expect(client.audit.checkpoint()).rejects.toEqual(refused);
    // What a window may not do at all while nobody is named is refused for that reason first.
    await expect(client.reconciliation.run()).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    expect((await client.audit.records({ limit: 5 })).rows.length).toBeGreaterThan(0);
    // Nobody is named, so nobody can sign: officers are named first.
    await expect(client.audit.signEpoch()).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    await expect(client.operators.nameOfficers({ officers: [] as never })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    await host.close();
  }));
