import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import { type Audit, auditProcedures, createEpoch } from '../../src/main/audit/index.ts';
import { verifyInclusion } from '../../src/main/crypto/index.ts';
import { fixedClockRuntime, type TestVault, withTestVault } from '../support/vault.ts';
import { openHeads } from './support.ts';

/** The signed heads of a vault, opened when they are first asked for: their keys are a record. */
const headsOf = (t: TestVault) => {
  let heads: ReturnType<typeof openHeads> | undefined;
  return new Proxy({} as ReturnType<typeof openHeads>['transparency'], {
    get(_, name) {
      heads ??= openHeads(t);
      return Reflect.get(heads.transparency, name);
    },
  });
};

/** Nobody is named here, and no vault was restored: see epoch.test.ts. */
const epochOf = ({ vault, audit }: TestVault) => createEpoch({ vault, audit, isPerson: () => true });
const nobody = () => () => {
  throw new Error('nobody signs');
};

/** Verification without a job around it; nothing is replayed here, see test/replay. */
const jobsOf = (audit: Audit) => ({
  verify: () => audit.verify(),
  replay: () => Promise.reject(new Error('nothing to replay')),
});

const hex = (text: string) => Buffer.from(text, 'hex');

test('the contract’s audit shows, proves and verifies the log', async () => {
  const runtime = fixedClockRuntime(Date.UTC(2026, 4, 15));
  await withTestVault(
    async (t) => {
      const { vault, audit } = t;
      const client = createRouterClient(
        auditProcedures(audit, headsOf(t), jobsOf(audit), epochOf(t), nobody),
        {
          context: {
            session: { actor: 'ada', permissions: new Set(['read', 'verify'] as const) },
            traceId: 'trace-1',
            gate: () => undefined,
          },
        },
      );
      expect(await client.head()).toBeNull();
      expect(await client.verify()).toMatchObject({ verified: true, records: 0, head: null });
      vault.transaction(() => {
        for (let i = 0; i < 5; i += 1) {
          const subjects = [{ kind: 'account', id: `${i}` }];
          audit.record({ kind: 'ledger.post', actor: 'ada', subjects, detail: { amountMinor: BigInt(i) } });
        }
      });
      const head = await client.head();
      expect(head?.seq).toBe(5n);
      const page = await client.records({ limit: 2, subject: { kind: 'account', id: '3' } });
      expect(page).toEqual({
        rows: [
          {
            seq: 4n,
            recordedAtMs: runtime.nowMs(),
            kind: 'ledger.post',
            actor: 'ada',
            traceId: null,
            subjects: [{ kind: 'account', id: '3' }],
            leaf: expect.stringMatching(/^[0-9a-f]{64}$/),
          },
        ],
        nextCursor: null,
        total: null,
      });
      const { record, detail, proof } = await client.record({ seq: 4n });
      expect(detail).toBe('{"amountMinor":"3"}');
      const claim = {
        leaf: hex(record.leaf),
        index: 3,
        size: 5,
        root: hex(proof.root),
        proof: proof.path.map(hex),
      };
      expect(verifyInclusion(claim)).toBe(true);
      expect(proof.root).toBe(head?.root);
      expect(await client.kinds()).toEqual(['ledger.post']);
      expect(await client.verify()).toMatchObject({ verified: true, records: 5, head, findings: [] });
      await expect(client.record({ seq: 6n })).rejects.toMatchObject({ code: 'AUDIT_RECORD_MISSING' });

      vault.db.exec(
        "DROP TRIGGER audit_record_no_update; UPDATE audit_record SET actor = 'eve' WHERE seq = 2",
      );
      expect(await client.verify()).toMatchObject({
        verified: false,
        findings: [{ seq: 2n, code: 'RECORD_CHANGED', message: expect.any(String) }],
      });
    },
    { runtime },
  );
});

test('without a session, or without the permission, nothing is shown', async () => {
  await withTestVault(async (t) => {
    const asked = (session: { actor: string; permissions: Set<never> } | null) =>
      createRouterClient(auditProcedures(t.audit, headsOf(t), jobsOf(t.audit), epochOf(t), nobody), {
        context: { session, traceId: 't', gate: () => undefined },
      });
    await expect(asked(null).head()).rejects.toMatchObject({ code: 'NOT_SIGNED_IN' });
    await expect(asked({ actor: 'x', permissions: new Set() }).head()).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
    });
  });
});
