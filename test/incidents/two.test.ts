import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIncidents, type Incidents } from '../../src/main/incidents/index.ts';
import { createFeed } from '../../src/main/jobs/index.ts';
import { codeOf } from '../support/refusal.ts';
import { openTestVault, type TestVault } from '../support/vault.ts';

let t: TestVault;
let incidents: Incidents;

beforeEach(async () => {
  t = await openTestVault();
  incidents = createIncidents({
    ...t,
    feed: createFeed(),
    isPerson: (actor) => actor.startsWith('operator-'),
  });
});
afterEach(() => t.close());

const by = (actor: string) => ({ actor, traceId: 't' });
const raise = () =>
  incidents.raise({
    kind: 'audit.head-inconsistent',
    dedupeKey: 'head',
    severity: 'critical',
    title: 'A head does not fit.',
  });

test('an inconsistent head is ended by two different people, and by no one alone', async () => {
  raise();
  expect(codeOf(() => incidents.resolve('1', 'looked at', by('owner')))).toBe('INCIDENT_NEEDS_PEOPLE');
  expect(codeOf(() => incidents.resolve('1', 'looked at', by('cli')))).toBe('INCIDENT_NEEDS_PEOPLE');
  const first = incidents.resolve('1', 'The backup was restored.', by('operator-1'));
  expect(first).toMatchObject({ state: 'open', needsTwo: true, agreedBy: 'operator-1' });
  expect(codeOf(() => incidents.resolve('1', 'again', by('operator-1')))).toBe('INCIDENT_NEEDS_SECOND');
  expect(incidents.list({ state: 'unresolved', limit: 5 }).rows).toHaveLength(1);
  const second = incidents.resolve('1', 'I agree.', by('operator-2'));
  expect(second).toMatchObject({ state: 'resolved', agreedBy: null });
  const { timeline } = incidents.get('1');
  expect(timeline.map(({ action, actor, note }) => [action, actor, note])).toEqual([
    ['raised', 'system', null],
    ['agreed', 'operator-1', 'The backup was restored.'],
    ['resolved', 'operator-2', 'I agree.'],
  ]);
  expect(await t.audit.verify()).toMatchObject({ findings: [] });
});

test('what is reported again must be looked at anew by both', () => {
  raise();
  incidents.resolve('1', 'over', by('operator-1'));
  raise();
  expect(incidents.get('1')).toMatchObject({ count: 2, agreedBy: null });
  expect(incidents.resolve('1', 'over', by('operator-2'))).toMatchObject({ state: 'open' });
  expect(incidents.resolve('1', 'over', by('operator-1'))).toMatchObject({ state: 'resolved' });
});

test('any other incident is ended by one', () => {
  incidents.raise({ kind: 'test.what', dedupeKey: 'a', severity: 'low', title: 'A test.' });
  expect(incidents.resolve('1', 'a test', by('owner'))).toMatchObject({ state: 'resolved', needsTwo: false });
});

test('rows of who agreed are never changed', () => {
  raise();
  incidents.resolve('1', 'over', by('operator-1'));
  for (const sql of ["UPDATE incident_agreement SET actor = 'x'", 'DELETE FROM incident_agreement']) {
    expect(() => t.vault.db.exec(sql)).toThrow(/are not/);
  }
});
