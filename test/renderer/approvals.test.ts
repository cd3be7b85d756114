import { afterEach, describe, expect, it } from 'vitest';
import type { ApprovalLine } from '../../src/contract/approvals.ts';
import { lendable, lendingOf, momentOf } from '../../src/renderer/src/approvals/lending.ts';
import {
  bulkOf,
  missingCount,
  newsOf,
  placeOfCommand,
  spreadOut,
  totalsOf,
  urgencyOf,
  wouldRun,
} from '../../src/renderer/src/approvals/reading.ts';
import { commandIn, textOf } from '../../src/renderer/src/kit/bringing.ts';
import { onWaiting, tellWaiting, waitsIn, whenWaiting } from '../../src/renderer/src/kit/waiting.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const line = (part: Partial<ApprovalLine> = {}): ApprovalLine => ({
  id: 'r1',
  state: 'pending',
  procedure: 'ledger.reverse',
  title: 'Reverse entry 7',
  policyId: 'journal',
  policyVersion: 1,
  policyTitle: 'Journal',
  makerId: 'm',
  makerName: 'Mia',
  askedAtMs: 0,
  expiresAtMs: HOUR_MS,
  decidedAtMs: null,
  amounts: [{ amountMinor: 100n, currency: 'EUR' }],
  count: 1,
  agreed: 0,
  quorum: 1,
  mine: 'answer',
  ...part,
});

describe('the clock of a request', () => {
  it.each([
    [15 * MINUTE_MS, 11 * MINUTE_MS, 'calm'],
    [15 * MINUTE_MS, 12 * MINUTE_MS, 'soon'],
    [15 * MINUTE_MS, 15 * MINUTE_MS, 'over'],
    // Two minutes are little, however short the whole time is.
    [5 * MINUTE_MS, 3 * MINUTE_MS, 'soon'],
    [5 * MINUTE_MS, 2 * MINUTE_MS, 'calm'],
    // Of a day the last hour is urgent, not the last fifth.
    [24 * HOUR_MS, 22 * HOUR_MS, 'calm'],
    [24 * HOUR_MS, 23 * HOUR_MS, 'soon'],
  ])('of %d ms is after %d ms %s', (expiresAtMs, nowMs, urgency) =>
    expect(urgencyOf({ askedAtMs: 0, expiresAtMs }, nowMs)).toBe(urgency),
  );
});

describe('several requests together', () => {
  it('are totalled in each currency, beyond what a float holds', () => {
    const huge = line({ amounts: [{ amountMinor: 9_007_199_254_740_993n, currency: 'EUR' }] });
    const two = line({
      amounts: [
        { amountMinor: 5n, currency: 'USD' },
        { amountMinor: 1n, currency: 'EUR' },
      ],
    });
    expect(totalsOf([huge, two])).toEqual([
      { currency: 'EUR', amountMinor: 9_007_199_254_740_994n },
      { currency: 'USD', amountMinor: 5n },
    ]);
  });

  it.each([
    ['nothing selected', [], 'none'],
    ['somebody else’s to answer', [line(), line({ mine: 'made' })], 'not-yours'],
    ['two kinds', [line(), line({ procedure: 'ledger.post' })], 'procedures'],
    ['two policies', [line(), line({ policyId: 'other', policyTitle: 'Other' })], 'policies'],
    ['too many', Array.from({ length: 201 }, (_, at) => line({ id: `r${at}` })), 'too-many'],
    ['like kinds', [line(), line({ id: 'r2' })], 'ready'],
  ])('%s: %#', (_name, lines, kind) => expect(bulkOf(lines).kind).toBe(kind));
});

describe('a request', () => {
  it('says how many are missing, and whether one more answer runs it', () => {
    expect([missingCount(line({ agreed: 1, quorum: 3 })), wouldRun(line({ agreed: 1, quorum: 3 }))]).toEqual([
      2,
      false,
    ]);
    expect(wouldRun(line({ agreed: 2, quorum: 3 }))).toBe(true);
    expect(missingCount(line({ agreed: 2, quorum: 1 }))).toBe(0);
  });

  it.each([
    [undefined, 'executed', null],
    ['pending', 'pending', null],
    ['pending', 'approved', 'approved'],
    ['approved', 'executed', 'executed'],
    ['pending', 'vetoed', 'vetoed'],
    ['pending', 'withdrawn', null],
  ] as const)('that went from %s to %s is news: %s', (before, now, news) =>
    expect(newsOf(before === undefined ? undefined : { state: before }, { state: now })).toBe(news),
  );

  it('leads back to the screen that sends its command', () => {
    expect(placeOfCommand('vault.slots.add')).toBe('/slots');
    expect(placeOfCommand('operators.create')).toBe('/operators');
    expect(placeOfCommand('intake.begin')).toBe('/statements/imports');
    expect(placeOfCommand('weather.change')).toBeNull();
  });

  it('shows what is signed with line breaks and nothing else changed', () => {
    const raw =
      '{"input":{"entryId":"7","postings":[{"a":"1"}],"roles":["x","y"]},"procedure":"ledger.reverse"}';
    const shown = spreadOut(raw);
    expect(shown).toContain('"roles": ["x","y"]');
    expect(shown.replace(/\n\s*/g, '').replace(/": /g, '":')).toBe(raw);
    expect(spreadOut('not JSON')).toBe('not JSON');
  });
});

describe('a command brought again', () => {
  it('is read from the canonical text, and from nothing else', () => {
    const read = commandIn(
      '{"input":{"label":"Safe","slot":{"kind":"passphrase"}},"procedure":"vault.slots.add"}',
    );
    expect(read?.procedure).toBe('vault.slots.add');
    expect(textOf(read!.input, 'label')).toBe('Safe');
    expect(textOf(read!.input, 'slot')).toBe('');
    expect([commandIn('[]'), commandIn('{"procedure":7,"input":{}}'), commandIn('{')]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('a command that waits', () => {
  const data = {
    requestId: 'r1',
    state: 'pending',
    policyId: 'journal',
    policyTitle: 'Journal',
    quorum: 1,
    expiresAtMs: 5,
  };
  const error = (code: string, details: unknown = data) =>
    Object.assign(new Error('held'), { code, data: { details } });
  let stop = () => {};
  afterEach(() => stop());

  it('is known from a failure', () => {
    expect(waitsIn(error('APPROVAL_REQUIRED'))).toEqual(data);
    expect(waitsIn(error('APPROVAL_REQUIRED', { requestId: 7 }))).toBeNull();
    expect(waitsIn(error('NOT_PERMITTED'))).toBeNull();
  });

  it('ends the dialog that sent it, and a failure does not', () => {
    const told: string[] = [];
    stop = onWaiting(({ requestId }) => told.push(requestId));
    const ended: string[] = [];
    const onError = whenWaiting(() => ended.push('closed'));
    onError(error('NOT_PERMITTED'));
    expect([told, ended]).toEqual([[], []]);
    onError(error('APPROVAL_REQUIRED'));
    expect([told, ended]).toEqual([['r1'], ['closed']]);
    stop();
    expect(tellWaiting(error('APPROVAL_REQUIRED'))).toBe(false);
  });
});

describe('lending a right', () => {
  const draft = {
    toId: 'b',
    policyIds: ['journal'],
    from: '2026-11-21 08:00',
    until: '2026-11-22 08:00',
    reason: 'on leave',
  };

  it.each([
    ['2026-02-30 10:00', null],
    ['2026-02-28 24:00', null],
    ['2026-02-28', null],
    ['28.02.2026 10:00', null],
  ])('takes no moment from %s', (text, moment) => expect(momentOf(text)).toBe(moment));

  it('is complete with a person, a policy, a time that goes forward and a reason', () => {
    expect(lendingOf(draft)).toMatchObject({ untilMs: momentOf(draft.from)! + 24 * HOUR_MS });
    const wrong = [
      { toId: '' },
      { policyIds: [] },
      { until: draft.from },
      { reason: ' a ' },
      { from: 'now' },
    ];
    expect(wrong.map((part) => lendingOf({ ...draft, ...part }))).toEqual(wrong.map(() => null));
  });

  it('is offered where the policy allows it and names a role of the lender', () => {
    const policy = (id: string, delegation: boolean, checkers: string[]) =>
      ({ id, clauses: { delegation, checkers } }) as unknown as Parameters<typeof lendable>[0][number];
    const all = [
      policy('a', true, ['treasury-approver']),
      policy('b', false, ['treasury-approver']),
      policy('c', true, ['auditor']),
    ];
    expect(lendable(all, ['treasury-approver']).map(({ id }) => id)).toEqual(['a']);
  });
});
