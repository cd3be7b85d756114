import { describe, expect, it } from 'vitest';
import { createTraffic, runT0Demo } from '../../src/main/engine/index.ts';
import { commandLine } from '../doors/support.ts';

describe('demo t0', () => {
  it('counts what the tables of the vault hold', async () => {
    const counted: Record<string, number> = {};
    const result = await runT0Demo({
      ...{ rate: 120, seconds: 3, seed: 7 },
      async inspect({ vault, verify }) {
        const count = (sql: string) => Number(vault.db.prepare<[], bigint>(sql).pluck().get());
        counted.messages = count('SELECT count(*) FROM instant_message');
        counted.dead = count('SELECT coalesce(sum(attempts), 0) FROM dead_letter');
        counted.notices = count('SELECT count(*) FROM instant_notice');
        counted.payments = count('SELECT count(*) FROM instant_payment');
        const matched = 'SELECT bank_transaction_id FROM match WHERE pre_posted = 1';
        counted.prePosted = count(`SELECT count(*) FROM instant_payment WHERE id IN (${matched})`);
        counted.cleared = count(
          `SELECT count(*) FROM instant_payment WHERE line_id IS NOT NULL AND id IN (${matched})`,
        );
        const { verified, checks } = await verify();
        expect(checks.filter(({ ok }) => !ok)).toEqual([]);
        expect(verified).toBe(true);
      },
    });
    expect(result.received).toBe(360);
    const { prePosted, cleared, open, deadLettered, unmatched, duplicates, returned } = result;
    expect(prePosted + unmatched + duplicates + returned + deadLettered).toBe(360);
    expect(cleared + open).toBe(prePosted);
    for (const value of [prePosted, cleared, open, deadLettered, unmatched, duplicates, returned]) {
      expect(value).toBeGreaterThan(0);
    }
    expect(counted).toMatchObject({ prePosted, cleared, notices: returned, dead: deadLettered });
    expect(counted.payments).toBe(prePosted + unmatched);
    expect(counted.messages).toBe(360 - duplicates - deadLettered);
    expect(result.p50Ms).toBeGreaterThan(0);
    expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  }, 120_000);

  it('is the same traffic for the same seed', () => {
    const options = { seed: 5, nowMs: Date.UTC(2026, 10, 20, 12), openItems: 50 };
    const [one, two] = [createTraffic(options), createTraffic(options)];
    for (let n = 0; n < 40; n += 1) expect(one.next().bytes.equals(two.next().bytes)).toBe(true);
    expect(one.statements()).toEqual(two.statements());
    const other = createTraffic({ ...options, seed: 6 });
    expect(other.files[1]?.text).not.toBe(one.files[1]?.text);
  });

  it('prints its figures by the command line', async () => {
    const run = await commandLine({})(['demo', 't0', '--rate', '40', '--seconds', '1', '--json']);
    expect(run.code).toBe(0);
    const figures = JSON.parse(run.stdout);
    expect(Object.keys(figures).slice(0, 7)).toEqual([
      ...['received', 'prePosted', 'cleared', 'open', 'deadLettered', 'p50Ms', 'p99Ms'],
    ]);
    expect(figures.received).toBe(40);
  }, 60_000);
});
