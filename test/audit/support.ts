import { createTransparency, type Transparency } from '../../src/main/audit/index.ts';
import { type IncidentReport, silentLogger } from '../../src/main/base/index.ts';
import { createKeys, type Keys } from '../../src/main/keys/index.ts';
import type { TestVault } from '../support/vault.ts';

/** The signed heads of a test vault's log, and what they raise. */
export interface Heads {
  readonly transparency: Transparency;
  readonly keys: Keys;
  readonly incidents: IncidentReport[];
}

export const caller = { actor: 'ada', traceId: 'trace-1' };

export function openHeads({ vault, sealing, audit, runtime }: TestVault): Heads {
  const incidents: IncidentReport[] = [];
  const keys = createKeys({ vault, sealing, audit, runtime, log: silentLogger, sealedColumns: [] });
  const transparency = createTransparency({
    ...{ vault, audit, runtime },
    signer: keys.pairs,
    raiseIncident: (report) => incidents.push(report),
  });
  return { transparency, keys, incidents };
}

/** Records of some length, in one transaction. */
export function write({ vault, audit }: TestVault, count: number): void {
  vault.transaction(() => {
    for (let i = 0; i < count; i += 1) {
      audit.record({
        kind: 'reconciliation.match',
        actor: 'ada',
        subjects: [{ kind: 'bank-transaction', id: `b-${i}` }],
        detail: { i, rule: 'reference', invoice: 'RE-2026-0001' },
      });
    }
  });
}
