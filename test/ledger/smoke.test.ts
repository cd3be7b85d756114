import { expect, test } from 'vitest';
import { createIdMaker } from '../../src/main/base/index.ts';
import { createLedger } from '../../src/main/ledger/index.ts';
import { withTestVault } from '../support/vault.ts';

const caller = { actor: 'test', traceId: 't' };
test('smoke', async () => {
  await withTestVault(async ({ vault, audit, runtime }) => {
    const ledger = createLedger({ vault, audit, runtime });
    const id = createIdMaker(runtime);
    const a = ledger.createBankAccount('EUR', 1);
    const b = ledger.roleAccount('unapplied-cash', 'EUR');
    const c = ledger.roleAccount('bank-charges', 'EUR');
    const e1 = {
      id: id(),
      effectiveDate: '2026-01-02',
      reason: 'x',
      postings: [
        { accountId: a, amountMinor: 100n },
        { accountId: b, amountMinor: -100n },
      ],
    };
    ledger.post([e1], caller);
    expect(ledger.post([e1], caller)[0]!.repeated).toBe(true);
    vault.transaction(() =>
      ledger.stage(
        7n,
        Array.from({ length: 5000 }, (_, i) => ({
          ...e1,
          id: id(),
          effectiveDate: `2026-01-${String((i % 28) + 1).padStart(2, '0')}`,
          postings: [
            { accountId: a, amountMinor: 300n },
            { accountId: b, amountMinor: -200n },
            { accountId: c, amountMinor: -100n },
          ],
        })),
      ),
    );
    expect(ledger.balanceMinor(a)).toBe(100n);
    expect(ledger.entries({ limit: 10 }).rows.length).toBe(1);
    let v = await ledger.verify();
    vault.transaction(() =>
      ledger.publish(
        7n,
        audit.record({ kind: 'intake.import', actor: 'x', detail: { journal: [ledger.stagedRoot(7n)] } }),
      ),
    );
    expect(ledger.balanceMinor(a)).toBe(100n + 1500000n);
    expect(ledger.balanceMinor(a, { asOf: '2026-12-31' })).toBe(100n + 1500000n);
    ledger.reverse({ entryId: e1.id, reason: 'wrong' }, caller);
    const p = id();
    ledger.post([{ ...e1, id: p, pending: { expiresAtMs: runtime.nowMs() + 1000000 } }], caller);
    expect(ledger.accounts().find((x) => x.id === String(a))!.pendingMinor).toBe(100n);
    ledger.resolvePending(p, 'post', caller);
    const all = await Promise.all(
      Array.from({ length: 50 }, () => ledger.postGrouped([{ ...e1, id: id() }], caller)),
    );
    expect(all.length).toBe(50);
    vault.transaction(() => ledger.stage(8n, [{ ...e1, id: id() }]));
    ledger.discard(8n);
    v = await ledger.verify();
    expect(ledger.trialBalance().rows).toEqual(ledger.trialBalance({ asOf: '2027-01-01' }).rows);
    expect(v.verified).toBe(true);
  });
});
