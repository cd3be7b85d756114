import { expect, test } from 'vitest';
import { withTestVault } from '../support/vault.ts';

test('a verification tells how far it is, every thousand records', () =>
  withTestVault(async ({ vault, audit }) => {
    vault.transaction(() => {
      for (let i = 0; i < 2_500; i += 1) audit.record({ kind: 'ledger.post', actor: 'ada', detail: { i } });
    });
    const told: [number, number][] = [];
    const answer = await audit.verify({ onProgress: (done, total) => told.push([done, total]) });
    expect(answer).toMatchObject({ records: 2_500, findings: [], detailsOpened: 2_500 });
    expect(told).toEqual([
      [1_000, 2_500],
      [2_000, 2_500],
    ]);
  }));
