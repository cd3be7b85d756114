import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VIEW_LIMITS } from '../../src/contract/views.ts';
import { createViews, type Views } from '../../src/main/views/index.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';

const ADA = { actor: 'operator-1', traceId: '' };
const BO = { actor: 'operator-2', traceId: '' };
const screen = 'reconciliation';

let test: TestVault;
let views: Views;
beforeEach(async () => {
  test = await openTestVault();
  views = createViews(test);
});
afterEach(() => test.close());

const shown = (who = ADA) => views.list(screen, who).map(({ name, filters }) => ({ name, filters }));
const kinds = () =>
  test.vault.db.prepare<[], string>('SELECT kind FROM audit_record ORDER BY seq').pluck().all();

describe('views of a list', () => {
  it('are kept by name, each with a record that names nobody', () => {
    views.save({ screen, name: 'Müller, open', filters: { text: 'Müller', status: 'unmatched' } }, ADA);
    views.save({ screen, name: 'Big', filters: { currency: 'EUR', least: '10000' } }, ADA);
    expect(shown()).toEqual([
      { name: 'Big', filters: { currency: 'EUR', least: '10000' } },
      { name: 'Müller, open', filters: { text: 'Müller', status: 'unmatched' } },
    ]);
    expect(kinds()).toEqual(['views.save', 'views.save']);
    for (const file of readdirSync(test.directory)) {
      expect(readFileSync(join(test.directory, file)).includes('Müller')).toBe(false);
    }
  });

  it('are replaced under the same name', () => {
    views.save({ screen, name: 'Mine', filters: { status: 'auto' } }, ADA);
    views.save({ screen, name: 'Mine', filters: { status: 'unmatched' } }, ADA);
    expect(shown()).toEqual([{ name: 'Mine', filters: { status: 'unmatched' } }]);
    const values = test.vault.db.prepare(
      "SELECT count(*) FROM sealed_value v JOIN sealing_dek d ON d.id = v.dek_id WHERE d.purpose = 'customer_pii'",
    );
    expect(values.pluck().get()).toBe(1n);
  });

  it('are each person’s own', () => {
    const { id } = views.save({ screen, name: 'Mine', filters: { status: 'auto' } }, ADA);
    expect(shown(BO)).toEqual([]);
    const before = kinds().length;
    for (const [who, which] of [
      [BO, id],
      [ADA, '999'],
      [ADA, 'no id'],
    ] as const) {
      expect(() => views.remove(which, who)).toThrow(expect.objectContaining({ code: 'VIEW_UNKNOWN' }));
    }
    expect(kinds()).toHaveLength(before);
    views.remove(id, ADA);
    expect(shown()).toEqual([]);
    expect(kinds().at(-1)).toBe('views.remove');
  });

  it('are not kept without end', () => {
    for (let at = 0; at < VIEW_LIMITS.views; at += 1) {
      views.save({ screen, name: `view ${at}`, filters: { text: `${at}` } }, ADA);
    }
    const more = () => views.save({ screen, name: 'one more', filters: { text: 'x' } }, ADA);
    expect(more).toThrow(expect.objectContaining({ code: 'VIEW_TOO_MANY' }));
    expect(shown()).toHaveLength(VIEW_LIMITS.views);
    views.save({ screen, name: 'view 3', filters: { text: 'again' } }, ADA);
    expect(shown()).toHaveLength(VIEW_LIMITS.views);
  });

  it('outlive a restart, and go quietly where what they hold was erased', async () => {
    views.save({ screen, name: 'Stays', filters: { text: 'a' } }, ADA);
    views.save({ screen, name: 'Goes', filters: { text: 'b' } }, ADA);
    const again = await test.reopen();
    const row = again.vault.db.prepare<[], bigint>('SELECT max(sealed_id) FROM saved_view').pluck().get()!;
    again.vault.transaction(() => again.sealing.erase(row));
    expect(
      createViews(again)
        .list(screen, ADA)
        .map(({ name }) => name),
    ).toEqual(['Stays']);
  });
});
