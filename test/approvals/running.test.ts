import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApprovalDetail } from '../../src/contract/approvals.ts';
import { CountersignError } from '../../src/main/base/index.ts';
import { codeOfCall } from '../support/refusal.ts';
import { createExecutionProbe } from './execution-probe.ts';
import { openRoom, type Room } from './support.ts';

let room: Room;
beforeEach(async () => {
  room = await openRoom();
});
afterEach(() => room.close());

const CALLER = { actor: 'owner', traceId: 't' };
const kinds = (r: Room) =>
  r.audit
    .list({ limit: 100 })
    .rows.map(({ kind }) => kind)
    .filter((kind) => /^(approvals|ledger\.post)/.test(kind));

describe('a command that was agreed to', () => {
  it('runs once, as its maker, under one record that names the other', async () => {
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    const done = await room.vote('Dov', requestId, { reason: 'looked' });
    expect(done).toMatchObject({ state: 'executed', agreed: 1, quorum: 1, failure: null });
    expect(kinds(room)).toEqual(['approvals.execute', 'ledger.post', 'approvals.vote', 'approvals.request']);
    const { record, detail } = room.audit.get(done.executedRecord!);
    const said = JSON.parse(detail!);
    const command = room.audit.get(BigInt(said.commandRecord)).record;
    expect(command).toMatchObject({ actor: `operator-${room.id('Cleo')}`, traceId: record.traceId });
    expect(createExecutionProbe(said)).toEqual({ maker: true, checkers: [true] });
    expect(Buffer.byteLength(detail!)).toBeLessThan(25_000);
  });

  it('is asked for again by the same maker without a second request', async () => {
    const input = room.adjustment(100n);
    const first = await room.ask('Cleo', input);
    const seq = room.audit.lastSeq();
    expect((await room.ask('Cleo', input)).requestId).toBe(first.requestId);
    expect(room.audit.lastSeq()).toBe(seq);
    expect((await room.ask('Sem', input)).requestId).not.toBe(first.requestId);
  });

  it('waits for as many as must agree, each another person', async () => {
    room.setTerms('journal', { quorum: 2 });
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    expect(await room.vote('Dov', requestId)).toMatchObject({ state: 'pending', agreed: 1 });
    expect(await room.vote('Eva', requestId)).toMatchObject({ state: 'executed', agreed: 2 });
  });

  it('does not run where a checker’s role was removed before the quorum', async () => {
    room.setTerms('journal', { quorum: 2 });
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    await room.vote('Dov', requestId);
    room.operators.setRoles(CALLER, room.id('Dov'), { roles: ['risk-manager'], permissions: [] });
    const shown = await room.vote('Eva', requestId);
    expect(shown).toMatchObject({ state: 'pending', agreed: 1 });
    expect(shown.votes.map(({ counts }) => counts)).toEqual([false, true]);
    room.operators.setRoles(CALLER, room.id('Rita'), { roles: ['treasury-approver'], permissions: [] });
    expect(await room.vote('Rita', requestId)).toMatchObject({ state: 'executed', agreed: 2 });
  });

  it('fails for good where it refuses itself', async () => {
    const input = room.adjustment(100n);
    const { requestId } = await room.ask('Cleo', {
      entries: [{ ...input.entries[0], effectiveDate: '2026-03-01' }],
    });
    room.hook = () => {
      throw new CountersignError('LEDGER_ACCOUNT_CLOSED', 'The account takes no postings any more.');
    };
    const done = await room.vote('Dov', requestId);
    expect(done).toMatchObject({ state: 'failed', failure: { code: 'LEDGER_ACCOUNT_CLOSED' } });
    room.hook = () => {};
    await room.approvals.resume();
    expect(room.entries()).toBe(0);
  });

  it('that the vault kept from running runs when it is opened again', async () => {
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    room.hook = () => {
      throw new CountersignError('VAULT_CLOSED', 'The vault is closed.');
    };
    expect(await room.vote('Dov', requestId)).toMatchObject({ state: 'approved' });
    const again = await room.reopen();
    // Its time is over meanwhile, but everybody had agreed in time.
    room.clock.advance(2 * 86_400_000);
    await again.approvals.resume();
    expect(again.approvals.get(undefined, requestId).state).toBe('executed');
    expect(again.entries()).toBe(1);
  });

  it('goes back to waiting where who agreed may not any more when it would run', async () => {
    const input = room.adjustment(100n);
    const { requestId } = await room.ask('Cleo', input);
    room.hook = () => {
      throw new CountersignError('VAULT_BUSY', 'Wait.');
    };
    await room.vote('Dov', requestId);
    room.hook = () => {};
    room.operators.setRoles(CALLER, room.id('Dov'), { roles: ['risk-manager'], permissions: [] });
    expect(await codeOfCall(() => room.call('Cleo', 'ledger.post', input))).toBe('APPROVAL_ROLE_REMOVED');
    expect(room.approvals.get(undefined, requestId).state).toBe('pending');
    expect(room.entries()).toBe(0);
    expect(await room.vote('Eva', requestId)).toMatchObject({ state: 'executed', agreed: 1 });
  });

  it('is void where the limits were used up before it ran', async () => {
    const limits = [{ windowMs: 86_400_000, count: null, amounts: [{ amountMinor: 100n, currency: 'EUR' }] }];
    room.setTerms('journal', { limits });
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    room.test.vault.transaction(() => {
      const record = room.audit.record({ kind: 'test.use', actor: 'system', detail: {} });
      room.test.vault.db
        .prepare(
          'INSERT INTO approval_free_run (policy_id, at_ms, amounts, count, record) VALUES (?, ?, ?, 1, ?)',
        )
        .run('journal', BigInt(room.clock.nowMs()), '[["EUR","1"]]', record);
    });
    const done = await room.vote('Dov', requestId);
    expect(done).toMatchObject({ state: 'void', failure: { code: 'APPROVAL_LIMIT_REACHED' } });
    expect(room.entries()).toBe(0);
  });
});

describe('the incident that a request has raised', () => {
  const MINUTE_MS = 60_000;
  const asked = () => room.ask('Cleo', room.adjustment(1n));
  const by = (name: string) => `operator-${room.id(name)}`;

  it('is over once the request is decided, by who decided it', async () => {
    const [agreed, vetoed, withdrawn, refused, void_] = [
      ...[await asked(), await asked(), await asked(), await asked(), await asked()],
    ].map(({ requestId }) => requestId);
    await room.vote('Dov', agreed!);
    await room.vote('Eva', vetoed!, { decision: 'veto', reason: 'no such fee' });
    room.approvals.withdraw(room.seat('Cleo'), withdrawn!, { actor: by('Cleo'), traceId: 't' });
    room.hook = () => {
      throw Object.assign(new Error('no'), { code: 'X' });
    };
    await room.vote('Dov', refused!);
    room.operators.disable(CALLER, room.id('Cleo'));
    room.approvals.sweep();
    const key = (requestId: string | undefined) => `approvals.request/${requestId}`;
    expect(room.settled).toEqual([
      [key(agreed), 'The request was agreed to, and the command has run.', by('Dov')],
      [key(vetoed), 'The request was refused by a checker.', by('Eva')],
      [key(withdrawn), 'Who asked has withdrawn the request.', by('Cleo')],
      [key(refused), 'The request was agreed to, and the command refused itself when it ran.', 'system'],
      [key(void_), 'The request can never run any more.', 'system'],
    ]);
  });

  it('stays where nobody has answered in time', async () => {
    room.setTerms('journal', { answerWithinMs: 10 * MINUTE_MS });
    await asked();
    room.clock.advance(10 * MINUTE_MS);
    expect(room.approvals.sweep()).toBe(1);
    expect(room.settled).toEqual([]);
  });
});

describe('what a request may not hold', () => {
  const person = () => ({
    ...{ kind: 'service', name: 'Nightly', passphrase: 'violet anchors drift past seven lanterns' },
    permissions: ['read'],
  });

  it('is brought anew by the maker, who may try again, once', async () => {
    const { requestId } = await room.ask('Ada', person(), 'operators.create');
    const shown = await room.vote('Bo', requestId);
    expect(shown).toMatchObject({ state: 'approved', bringsAnew: true });
    expect(shown.raw).not.toContain('violet');
    const weak = { ...person(), passphrase: 'x' };
    expect(await codeOfCall(() => room.call('Ada', 'operators.create', weak))).toBe(
      'OPERATOR_PASSPHRASE_WEAK',
    );
    const runs = [1, 2].map(() => codeOfCall(() => room.call('Ada', 'operators.create', person())));
    expect((await Promise.all(runs)).sort()).toEqual(['APPROVAL_RUN_ALREADY', 'done']);
    expect(room.approvals.get(undefined, requestId).state).toBe('executed');
    expect(await codeOfCall(() => room.call('Ada', 'operators.create', person()))).toBe('APPROVAL_REQUIRED');
  });

  it('is not taken after its time', async () => {
    const { requestId } = await room.ask('Ada', person(), 'operators.create');
    await room.vote('Bo', requestId);
    room.clock.advance(2 * 86_400_000);
    expect(room.approvals.sweep()).toBe(1);
    expect(room.approvals.get(undefined, requestId).state).toBe('expired');
  });
});

describe('a lent right', () => {
  const lend = (toId: string) =>
    room.approvals.delegate(
      room.seat('Dov'),
      {
        ...{ toId, policyIds: ['journal'], fromMs: room.clock.nowMs() },
        ...{ untilMs: room.clock.nowMs() + 3_600_000, reason: 'on leave' },
      },
      { actor: `operator-${room.id('Dov')}`, traceId: 't' },
    );

  it('lets another person answer in its time, and shows whose it was', async () => {
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    expect(lend(room.id('Rita'))).toMatchObject({ state: 'running', fromName: 'Dov Officer' });
    const [line] = room.approvals.list(room.seat('Rita'), { box: 'to-answer', limit: 10 }).rows;
    expect(line).toMatchObject({ id: requestId, mine: 'answer' });
    const done = await room.vote('Rita', requestId);
    expect(done).toMatchObject({ state: 'executed', votes: [{ onBehalfOf: room.id('Dov') }] });
  });

  it('ends with its time, by a word, and with the role of who lent it', async () => {
    const { id } = lend(room.id('Rita'));
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    room.operators.setRoles(CALLER, room.id('Dov'), { roles: ['risk-manager'], permissions: [] });
    expect(await codeOfCall(() => room.vote('Rita', requestId))).toBe('APPROVAL_NOT_CHECKER');
    room.operators.setRoles(CALLER, room.id('Dov'), { roles: ['treasury-approver'], permissions: [] });
    expect(() => room.approvals.endDelegation(room.seat('Tom'), id, CALLER)).toThrow(/administrator/);
    expect(room.approvals.endDelegation(room.seat('Ada'), id, CALLER).state).toBe('ended');
    expect(await codeOfCall(() => room.vote('Rita', requestId))).toBe('APPROVAL_NOT_CHECKER');
    lend(room.id('Rita'));
    room.clock.advance(3_600_000);
    await room.signIn('Rita');
    expect(await codeOfCall(() => room.vote('Rita', requestId))).toBe('APPROVAL_NOT_CHECKER');
  });

  it('is the maker’s never: neither lent by them nor to them', async () => {
    room.setTerms('journal', { checkers: ['risk-manager', 'treasury-analyst'] });
    const { requestId } = await room.ask('Cleo', room.adjustment(100n));
    const times = { fromMs: room.clock.nowMs(), untilMs: room.clock.nowMs() + 3_600_000 };
    for (const [from, to] of [
      ['Rita', 'Cleo'],
      ['Cleo', 'Rita'],
    ] as const) {
      const given = { toId: room.id(to), policyIds: ['journal'], reason: 'away' };
      room.approvals.delegate(room.seat(from), { ...given, ...times }, CALLER);
      const onBehalfOf = room.id(from);
      expect(await codeOfCall(() => room.vote(to, requestId, { onBehalfOf }))).toBe('APPROVAL_SELF');
    }
    expect(room.entries()).toBe(0);
  });
});

describe('many together', () => {
  it('are answered each for itself, and their total is told', async () => {
    const asked: ApprovalDetail[] = [];
    for (const minor of [100n, 250n, 1n]) {
      const { requestId } = await room.ask('Cleo', room.adjustment(minor));
      asked.push(room.approvals.get(room.seat('Dov'), requestId));
    }
    await room.vote('Eva', asked[2]!.id, { decision: 'veto' });
    const requests = asked.map(({ id, commandHash }) => ({ requestId: id, commandHash }));
    const done = await room.approvals.voteMany(room.seat('Dov'), requests, { decision: 'approve' }, CALLER);
    expect(done.answers.map(({ state, code }) => [state, code])).toEqual([
      ['executed', null],
      ['executed', null],
      ['vetoed', 'APPROVAL_VETOED'],
    ]);
    expect(done.totals).toEqual([{ amountMinor: 350n, currency: 'EUR' }]);
  });

  it('are listed by box and filter, a page at a time', async () => {
    const ids: string[] = [];
    for (const minor of [1n, 2n, 3n]) ids.push((await room.ask('Cleo', room.adjustment(minor))).requestId);
    await room.vote('Dov', ids[0]!);
    const { approvals } = room;
    const list = (name: string, query: object) =>
      approvals.list(room.seat(name), { box: 'all', limit: 50, ...query } as never);
    expect(list('Dov', { box: 'to-answer' }).rows.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(list('Dov', { box: 'to-answer' }).total).toBe(2);
    expect(list('Rita', { box: 'to-answer' }).rows).toEqual([]);
    expect(list('Cleo', { box: 'mine' }).total).toBe(3);
    expect(list('Cleo', { state: 'executed' }).rows.map(({ id }) => id)).toEqual([ids[0]]);
    expect(list('Cleo', { policyId: 'keys' }).rows).toEqual([]);
    const first = list('Eva', { box: 'open', limit: 1 });
    expect(first.rows[0]).toMatchObject({ id: ids[2], mine: 'answer', agreed: 0 });
    expect(list('Eva', { box: 'open', limit: 1, cursor: first.nextCursor }).rows[0]?.id).toBe(ids[1]);
    expect(approvals.waiting(room.seat('Eva'))).toEqual({ toAnswer: 2, mine: 0 });
    expect(approvals.waiting(room.seat('Cleo'))).toEqual({ toAnswer: 0, mine: 2 });
  });
});

describe('what the program asks for by itself', () => {
  it('needs two people besides it, and is asked for once', async () => {
    const input = room.adjustment(1n);
    room.approvals.askAsSystem('ledger.post', {
      ...input,
      entries: [{ ...input.entries[0], reason: 'adjustment', pending: false }],
    });
    room.approvals.askAsSystem('ledger.post', {
      ...input,
      entries: [{ ...input.entries[0], reason: 'adjustment', pending: false }],
    });
    const { rows } = room.approvals.list(room.seat('Dov'), { box: 'open', limit: 10 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ makerId: 'system', quorum: 2 });
    expect(await room.vote('Dov', rows[0]!.id)).toMatchObject({ state: 'pending', agreed: 1 });
    expect(await room.vote('Eva', rows[0]!.id)).toMatchObject({ state: 'executed', agreed: 2 });
    expect(room.audit.list({ kind: 'ledger.post', limit: 1 }).rows[0]?.actor).toBe('system');
  });

  it('is told at once where it is urgent, also where it waits already', () => {
    const { entries } = room.adjustment(1n);
    const input = { entries: [{ ...entries[0], reason: 'adjustment', pending: false }] };
    room.approvals.askAsSystem('ledger.post', input);
    expect(room.incidents).toEqual([]);
    room.approvals.askAsSystem('ledger.post', input, { isUrgent: true });
    const { rows } = room.approvals.list(room.seat('Dov'), { box: 'open', limit: 10 });
    expect(rows).toHaveLength(1);
    expect(room.incidents).toMatchObject([
      {
        kind: 'approvals.request',
        severity: 'critical',
        dedupeKey: `approvals.request/${rows[0]!.id}`,
        acknowledgeWithinMs: rows[0]!.expiresAtMs - rows[0]!.askedAtMs,
      },
    ]);
  });
});
