import { describe, expect, it } from 'vitest';
import type { BreakRow } from '../../src/contract/breaks.ts';
import { idFromText } from '../../src/main/base/index.ts';
import type { BreakCause } from '../../src/main/breaks/index.ts';
import { CALLER } from '../support/desks.ts';
import { codeOf } from '../support/refusal.ts';
import { camt053 } from '../support/statement-files.ts';
import { ada, type BreaksDesk, bo, refusal, withBreaks } from './support.ts';

const NOTE = 'because it is so';
const FIRST = camt053({
  number: '1',
  opening: ['2024-02-01', '100.00'],
  closing: ['2024-02-01', '150.00'],
  lines: [{ date: '2024-02-01', amount: '50.00', text: 'RE 1' }],
});
/** Nobody has told of what lies between 150.00 and 400.00. */
const THIRD = camt053({
  number: '3',
  opening: ['2024-02-05', '400.00'],
  closing: ['2024-02-05', '390.00'],
  lines: [{ date: '2024-02-05', amount: '-10.00', text: 'fee' }],
});
const SECOND = camt053({
  number: '2',
  opening: ['2024-02-02', '150.00'],
  closing: ['2024-02-02', '400.00'],
  lines: [{ date: '2024-02-02', amount: '250.00', text: 'RE 2' }],
});

const rowsOf = (
  { breaks }: BreaksDesk,
  query: Parameters<BreaksDesk['breaks']['list']>[0] = { limit: 100 },
) => breaks.list(query, 'operator-1').rows;
const said = (rows: readonly BreakRow[]) =>
  rows.map(({ kind, status, amountMinor }) => `${kind} ${status} ${amountMinor}`);
const ofKind = (desk: BreaksDesk, kind: string) => rowsOf(desk).find((row) => row.kind === kind)!;
const writeOffOf = (
  { id, amountMinor, currency }: BreakRow,
  reason: 'fee' | 'bank-error' = 'bank-error',
) => ({
  ...{ id, amountMinor, currency, reason, note: NOTE },
});
const records = ({ test }: BreaksDesk, kind: string) =>
  test.audit.list({ limit: 500 }).rows.filter((row) => row.kind === kind);

async function withGap(work: (desk: BreaksDesk, gap: BreakRow) => Promise<void> | void): Promise<void> {
  await withBreaks(async (desk) => {
    await desk.take('1.xml', FIRST);
    await desk.take('3.xml', THIRD);
    await desk.breaks.sweep();
    await work(desk, ofKind(desk, 'gap'));
    expect(await desk.breaks.verifyStates()).toMatchObject({ ok: true, findings: [] });
    expect(await desk.ledger.verify()).toMatchObject({ verified: true });
  });
}

const line = (transactionId: bigint, amountMinor: bigint, bookingDate: string) => ({
  ...{ transactionId, amountMinor, bookingDate, bankAccountId: 1n, currency: 'EUR' },
});

describe('the sweep', () => {
  it('opens what the statements leave unexplained, once, under one record', () =>
    withGap(async (desk) => {
      expect(said(rowsOf(desk))).toEqual(['opening open 10000', 'gap open 25000']);
      expect(ofKind(desk, 'gap')).toMatchObject({
        ...{ currency: 'EUR', sinceDate: '2024-02-05', ageDays: 0, bucket: '0-1', owner: null },
        ...{ source: { kind: 'statement' }, counterparty: null, accountNumber: 'DE02120300000000202051' },
      });
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 0 });
      expect(records(desk, 'breaks.sweep')).toHaveLength(1);
      const { events } = desk.breaks.get('1');
      expect(events).toMatchObject([
        { action: 'opened', actor: 'system', record: records(desk, 'breaks.sweep')[0]!.seq },
      ]);
    }));

  it('closes by itself what a late statement explains, in whatever hand it was', () =>
    withGap(async (desk, gap) => {
      desk.breaks.assign([{ id: gap.id, owner: 'operator-2' }], ada);
      await desk.take('2.xml', SECOND);
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 1, turned: 0 });
      expect(desk.breaks.get(gap.id)).toMatchObject({
        status: 'closed',
        owner: 'operator-2',
        ownerName: 'Bo',
      });
      expect(codeOf(() => desk.breaks.assign([{ id: gap.id, owner: null }], ada))).toBe('BREAK_OVER');
      desk.breaks.note(gap.id, 'the bank sent it a day late', ada);
      expect(desk.breaks.get(gap.id).events.at(-1)).toMatchObject({ note: 'the bank sent it a day late' });
    }));

  it('makes a break of a line that stands unexplained for longer than the desk lets it', () =>
    withBreaks(async (desk) => {
      // The clock shows Monday, 5 February.
      desk.lines.push(line(1n, 700n, '2024-01-31'), line(2n, -300n, '2024-02-01'));
      await desk.breaks.sweep();
      expect(said(rowsOf(desk))).toEqual(['unmatched open 700']);
      desk.clock.advance(86_400_000);
      await desk.breaks.sweep();
      expect(said(rowsOf(desk))).toEqual(['unmatched open 700', 'unmatched open -300']);
      desk.breaks.setThreshold(10, NOTE, ada);
      expect(desk.breaks.settings('x').unmatchedAfterDays).toBe(10);
      // What is a break already stays one.
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 0 });
      desk.lines.splice(0, 1);
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 1, turned: 0 });
      expect(records(desk, 'breaks.threshold')).toHaveLength(1);
      const again = await desk.again();
      expect(again.breaks.settings('x').unmatchedAfterDays).toBe(10);
      expect(said(rowsOf(again))).toEqual(['unmatched closed 700', 'unmatched open -300']);
    }));

  it('makes a break of a pre-posting that no statement confirms in time, and of other money another break', () =>
    withBreaks(async (desk) => {
      const one = {
        ...{ key: 'uetr-1', bankAccountId: 1n, currency: 'EUR', amountMinor: 900n, date: '2024-02-01' },
        ...{ confirmBy: '2024-02-05', source: { kind: 'instant', id: '7' } },
      };
      desk.prePosted.push(one);
      await desk.breaks.sweep();
      expect(rowsOf(desk)).toEqual([]);
      desk.clock.advance(86_400_000);
      await desk.breaks.sweep();
      expect(rowsOf(desk)).toMatchObject([{ kind: 'pre-post', amountMinor: 900n, sinceDate: '2024-02-05' }]);
      expect(codeOf(() => desk.breaks.writeOff(writeOffOf(ofKind(desk, 'pre-post')), ada))).toBe(
        'BREAK_NO_WRITE_OFF',
      );
      desk.prePosted[0] = { ...one, amountMinor: 800n };
      expect(await desk.breaks.sweep()).toEqual({ opened: 1, closed: 1, turned: 0 });
      expect(said(rowsOf(desk))).toEqual(['pre-post closed 900', 'pre-post open 800']);
    }));

  it('makes a break of books that differ from the bank, and knows nothing of them before they were verified', () =>
    withGap(async (desk) => {
      const bank = desk.ledger.accounts().find(({ name }) => name.startsWith('Bank account 1'))!;
      const other = desk.ledger.roleAccount('write-offs', 'EUR');
      const posting = (minor: bigint) => ({ accountId: BigInt(bank.id), amountMinor: minor });
      const posted = desk.ledger.post(
        [
          {
            ...{ id: Buffer.alloc(16, 7), effectiveDate: '2024-02-05', reason: 'adjustment' },
            postings: [posting(77n), { accountId: other, amountMinor: -77n }],
          },
        ],
        CALLER,
      );
      await desk.breaks.sweep();
      expect(rowsOf(desk).some(({ kind }) => kind === 'books')).toBe(false);
      await desk.statements.verifyBank();
      await desk.breaks.sweep();
      const books = ofKind(desk, 'books');
      expect(books).toMatchObject({ amountMinor: 77n, sinceDate: '2024-02-05' });
      expect(codeOf(() => desk.breaks.writeOff(writeOffOf(books), ada))).toBe('BREAK_NO_WRITE_OFF');
      desk.ledger.reverse({ entryId: posted[0]!.id, reason: 'a slip' }, CALLER);
      await desk.statements.verifyBank();
      expect(await desk.breaks.sweep()).toMatchObject({ closed: 1 });
    }));

  it('leaves alone what a source does not know at the moment', async () => {
    let causes: BreakCause[] | undefined = [
      {
        ...({ kind: 'books', key: 'k', bankAccountId: null, currency: 'EUR', amountMinor: 1n } as const),
        ...{ sinceDate: '2024-02-01', holding: null, source: { kind: 'statement', id: '1' } },
      },
    ];
    const source = {
      kinds: ['books' as const],
      current: () => causes,
      find: (_: string, key: string) => causes?.find((one) => one.key === key),
    };
    await withBreaks(
      async (desk) => {
        expect(await desk.breaks.sweep()).toMatchObject({ opened: 1 });
        causes = undefined;
        expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 0 });
        causes = [];
        expect(await desk.breaks.sweep()).toMatchObject({ closed: 1 });
      },
      [source],
    );
  });

  it('opens many without holding the event loop, each under a record', () =>
    withBreaks(async (desk) => {
      for (let n = 1n; n <= 1_000n; n += 1n) desk.lines.push(line(n, n, '2024-01-15'));
      let turns = 0;
      const timer = setInterval(() => {
        turns += 1;
      }, 0);
      expect(await desk.breaks.sweep()).toMatchObject({ opened: 1_000 });
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
      expect(records(desk, 'breaks.sweep')).toHaveLength(5);
      expect(await desk.breaks.verifyStates()).toMatchObject({ ok: true, examined: 1_000 });
    }));

  it('ends where it is told to, and the next one finds the same', () =>
    withBreaks(async (desk) => {
      desk.lines.push(line(1n, 5n, '2024-01-15'));
      const ended = AbortSignal.abort();
      await expect(desk.breaks.sweep(ended)).rejects.toEqual(refusal('CANCELLED'));
      expect(await desk.breaks.sweep()).toMatchObject({ opened: 1 });
    }));
});

describe('people', () => {
  it('take, give and release many at once, or none', () =>
    withGap((desk, gap) => {
      const opening = ofKind(desk, 'opening');
      const both = [opening, gap].map(({ id }) => ({ id, owner: 'operator-1' }));
      expect(codeOf(() => desk.breaks.assign([...both, { id: '99', owner: 'operator-1' }], ada))).toBe(
        'BREAK_UNKNOWN',
      );
      expect(said(rowsOf(desk))).toEqual(['opening open 10000', 'gap open 25000']);
      expect(desk.breaks.assign(both, ada)).toBe(2);
      expect(desk.breaks.assign(both, ada)).toBe(0);
      expect(said(rowsOf(desk))).toEqual(['opening in-work 10000', 'gap in-work 25000']);
      expect(records(desk, 'breaks.assign')).toHaveLength(1);
      expect(desk.breaks.assign([{ id: gap.id, owner: null }], bo)).toBe(1);
      expect(desk.breaks.get(gap.id)).toMatchObject({ status: 'open', owner: null });
    }));

  it.each(['operator-9', 'cli', 'system', 'Ada'])('give nothing into the hand of %s', (owner) =>
    withGap((desk, gap) => {
      expect(codeOf(() => desk.breaks.assign([{ id: gap.id, owner }], ada))).toBe('BREAK_OWNER_UNKNOWN');
    }),
  );

  it('explain with a reason that says something, and take it up again', () =>
    withGap((desk, { id }) => {
      expect(codeOf(() => desk.breaks.explain(id, NOTE, ada))).toBe('BREAK_REASON_MISSING');
      desk.breaks.setReason([{ id, reason: 'unknown' }], ada);
      expect(codeOf(() => desk.breaks.explain(id, NOTE, ada))).toBe('BREAK_REASON_MISSING');
      expect(codeOf(() => desk.breaks.reopen(id, NOTE, ada))).toBe('BREAK_NOT_EXPLAINED');
      desk.breaks.setReason([{ id, reason: 'timing' }], ada);
      desk.breaks.explain(id, 'comes tomorrow', ada);
      expect(codeOf(() => desk.breaks.setReason([{ id, reason: null }], ada))).toBe('BREAK_REASON_MISSING');
      expect(desk.breaks.get(id)).toMatchObject({ status: 'explained', reason: 'timing', notes: 1 });
      desk.breaks.reopen(id, 'it did not', bo);
      expect(
        desk.breaks.get(id).events.map(({ action, note, actorName }) => [action, note, actorName]),
      ).toEqual([
        ['opened', null, null],
        ['reason', null, 'Ada'],
        ['reason', null, 'Ada'],
        ['explained', 'comes tomorrow', 'Ada'],
        ['reopened', 'it did not', 'Bo'],
      ]);
    }));

  it('edit nothing: what happened stays', () =>
    withGap((desk, { id }) => {
      desk.breaks.note(id, NOTE, ada);
      const { db } = desk.test.vault;
      for (const table of ['break_case', 'break_event']) {
        expect(() => db.exec(`UPDATE ${table} SET record = 1`)).toThrow('not edited');
        expect(() => db.exec(`DELETE FROM ${table}`)).toThrow('not deleted');
      }
      desk.breaks.setThreshold(4, NOTE, ada);
      expect(() => db.exec('DELETE FROM break_setting')).toThrow('not deleted');
    }));

  it('keep their notes sealed', () =>
    withGap((desk, { id }) => {
      desk.breaks.note(id, 'ask Muster GmbH', ada);
      const { db } = desk.test.vault;
      const row = db.prepare("SELECT * FROM break_event WHERE action = 'noted'").get() as Record<
        string,
        unknown
      >;
      expect(
        JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
      ).not.toContain('Muster');
      desk.test.vault.transaction(() => desk.test.sealing.erase(row.note_sealed_id as bigint));
      expect(desk.breaks.get(id).events.at(-1)).toMatchObject({ action: 'noted', note: null });
    }));

  it('are told when a state is another than its history says', () =>
    withBreaks(async (desk) => {
      desk.lines.push(line(1n, 5n, '2024-01-15'));
      await desk.breaks.sweep();
      desk.test.vault.db.exec("UPDATE break_state SET owner = 'operator-1', status = 'in-work'");
      expect(await desk.breaks.verifyStates()).toEqual({
        ...{ ok: false, examined: 1, findings: ['Break 1 stands otherwise than its history says.'] },
      });
      desk.test.vault.db.exec('DELETE FROM break_state');
      expect(await desk.breaks.verifyStates()).toMatchObject({
        ok: false,
        findings: ['1 breaks stand nowhere.'],
      });
    }));
});

describe('the queue', () => {
  it('is filtered by kind, owner, age, currency, account, status and text, and read in pages', () =>
    withGap(async (desk, gap) => {
      desk.lines.push(line(1n, 123_456n, '2024-01-15'), line(2n, 5n, '2024-01-02'));
      await desk.breaks.sweep();
      desk.breaks.assign([{ id: gap.id, owner: 'operator-1' }], ada);
      const found = (query: object, index?: { ids: bigint[] }) =>
        desk.breaks
          .list({ limit: 100, ...query }, 'operator-1', index && { ...index, lookedThrough: null })
          .rows.map(({ amountMinor }) => amountMinor);
      expect(found({})).toEqual([5n, 123_456n, 10_000n, 25_000n]);
      expect(found({ kind: 'unmatched' })).toEqual([5n, 123_456n]);
      expect(found({ owner: 'me' })).toEqual([25_000n]);
      expect(found({ owner: 'nobody' })).toEqual([5n, 123_456n, 10_000n]);
      expect(found({ status: 'in-work' })).toEqual([25_000n]);
      expect(found({ status: 'to-do' })).toHaveLength(4);
      expect(found({ bucket: '11-30' })).toEqual([5n, 123_456n]);
      expect(found({ bucket: '0-1' })).toEqual([25_000n]);
      expect(found({ currency: 'USD' })).toEqual([]);
      expect(found({ bankAccountId: '1' })).toHaveLength(4);
      expect(found({ bankAccountId: 'x' })).toEqual([]);
      expect(found({ text: '1,234.56' })).toEqual([123_456n]);
      expect(found({ text: `#${gap.id}` })).toContain(25_000n);
      expect(found({ text: 'DE02 1203' })).toHaveLength(4);
      expect(found({ text: 'muster' }, { ids: [2n] })).toEqual([5n]);
      expect(found({ text: 'nobody' })).toEqual([]);
      const first = desk.breaks.list({ limit: 3 }, 'operator-1');
      expect([first.rows.length, first.total]).toEqual([3, 4]);
      const rest = desk.breaks.list({ limit: 3, cursor: first.nextCursor! }, 'operator-1');
      expect([rest.rows.map(({ id }) => id), rest.nextCursor]).toEqual([[gap.id], null]);
      expect(desk.breaks.summary('operator-1')).toMatchObject({
        ...{ counts: { open: 3, 'in-work': 1, closed: 0 }, mine: 1, unassigned: 3, currencies: ['EUR'] },
      });
      expect(desk.breaks.summary('x').standing).toContainEqual({
        ...{ kind: 'unmatched', bucket: '11-30', currency: 'EUR', count: 2, amountMinor: 123_461n },
      });
    }));
});

describe('a write-off', () => {
  it('moves the money off the account that holds it, and ends the break', () =>
    withGap((desk, gap) => {
      expect(desk.balance('Statement differences EUR')).toBe(-35_000n);
      const { entryId, record } = desk.breaks.writeOff(writeOffOf(gap, 'fee'), ada);
      expect(desk.balance('Statement differences EUR')).toBe(-10_000n);
      expect(desk.balance('Bank charges EUR')).toBe(-25_000n);
      expect(desk.ledger.entry(idFromText(entryId)!)).toMatchObject({
        ...{
          reason: 'break.write-off',
          source: { kind: 'break', id: gap.id },
          effectiveDate: '2024-02-05',
          record,
        },
      });
      expect(desk.breaks.get(gap.id)).toMatchObject({
        ...{ status: 'written-off', reason: 'fee', holding: { role: 'statement-differences' } },
        writeOff: { entryId, record, actorName: 'Ada' },
      });
      expect(codeOf(() => desk.breaks.writeOff(writeOffOf(gap), bo))).toBe('BREAK_OVER');
    }));

  it.each([
    ['another amount', { amountMinor: 24_999n }, 'BREAK_CHANGED'],
    ['the other side', { amountMinor: -25_000n }, 'BREAK_CHANGED'],
    ['another currency', { currency: 'USD' }, 'BREAK_CHANGED'],
    ['a reason that writes nothing off', { reason: 'timing' as const }, 'BREAK_REASON_MISSING'],
    ['a reason of another kind', { reason: 'opening-balance' as const }, 'BREAK_REASON_MISSING'],
    ['no break', { id: '99' }, 'BREAK_UNKNOWN'],
    ['no id at all', { id: 'x' }, 'BREAK_UNKNOWN'],
  ])('is refused with %s, and nothing is written', (_, part, code) =>
    withGap((desk, gap) => {
      const head = desk.test.audit.lastSeq();
      expect(codeOf(() => desk.breaks.writeOff({ ...writeOffOf(gap), ...part }, ada))).toBe(code);
      expect(desk.test.audit.lastSeq()).toBe(head);
      expect(desk.balance('Statement differences EUR')).toBe(-35_000n);
    }),
  );

  it('is refused where the cause has vanished, swept or not', () =>
    withGap(async (desk, gap) => {
      await desk.take('2.xml', SECOND);
      expect(codeOf(() => desk.breaks.writeOff(writeOffOf(gap), ada))).toBe('BREAK_GONE');
      await desk.breaks.sweep();
      expect(codeOf(() => desk.breaks.writeOff(writeOffOf(gap), ada))).toBe('BREAK_OVER');
    }));

  it('is refused where the cause holds other money now', () =>
    withBreaks(async (desk) => {
      desk.lines.push(line(1n, 500n, '2024-01-15'));
      await desk.breaks.sweep();
      desk.lines[0] = line(1n, 400n, '2024-01-15');
      expect(codeOf(() => desk.breaks.writeOff(writeOffOf(ofKind(desk, 'unmatched')), ada))).toBe(
        'BREAK_CHANGED',
      );
    }));

  it.each([
    ['money that came in and nobody knows', 500n, 'Unapplied cash EUR', 500n, -500n],
    ['money that went out and nobody knows', -500n, 'Unapplied cash EUR', -500n, 500n],
  ])('of %s empties the account that holds it', (_, amountMinor, account, moved, given) =>
    withBreaks(async (desk) => {
      desk.lines.push(line(1n, amountMinor, '2024-01-15'));
      await desk.breaks.sweep();
      desk.breaks.writeOff(writeOffOf(ofKind(desk, 'unmatched')), ada);
      expect([desk.balance(account), desk.balance('Write-offs EUR')]).toEqual([moved, given]);
    }),
  );

  it('of an opening balance makes it one', () =>
    withGap((desk) => {
      const opening = ofKind(desk, 'opening');
      desk.breaks.writeOff({ ...writeOffOf(opening), reason: 'opening-balance' }, ada);
      expect(desk.balance('Opening balances EUR')).toBe(-10_000n);
    }));

  it('is taken back by a reversal, and the break stands again', () =>
    withGap((desk, gap) => {
      desk.breaks.assign([{ id: gap.id, owner: 'operator-2' }], ada);
      desk.breaks.writeOff(writeOffOf(gap), ada);
      const { entryId } = desk.breaks.undoWriteOff({ id: gap.id, note: 'found it' }, ada);
      expect(desk.balance('Statement differences EUR')).toBe(-35_000n);
      expect(desk.breaks.get(gap.id)).toMatchObject({ status: 'in-work', writeOff: null });
      expect(desk.breaks.get(gap.id).events.at(-1)).toMatchObject({ action: 'write-off-undone', entryId });
      expect(codeOf(() => desk.breaks.undoWriteOff({ id: gap.id, note: NOTE }, ada))).toBe(
        'BREAK_NOT_WRITTEN_OFF',
      );
      desk.breaks.writeOff(writeOffOf(gap), ada);
      expect(desk.breaks.get(gap.id).status).toBe('written-off');
    }));

  it('whose cause vanishes afterwards says so, and closes when it is taken back', () =>
    withGap(async (desk, gap) => {
      desk.breaks.writeOff(writeOffOf(gap), ada);
      await desk.take('2.xml', SECOND);
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 1 });
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 0 });
      expect(desk.breaks.get(gap.id)).toMatchObject({ status: 'written-off', causeGone: true });
      expect(desk.breaks.summary('x').toTakeBack).toBe(1);
      // What hangs in the air: the statement explained the money that was given up.
      expect(desk.balance('Statement differences EUR')).toBe(15_000n);
      desk.breaks.undoWriteOff({ id: gap.id, note: 'came late' }, bo);
      expect(desk.balance('Statement differences EUR')).toBe(-10_000n);
      expect(desk.breaks.get(gap.id)).toMatchObject({ status: 'closed', causeGone: false });
      expect(
        desk.breaks
          .get(gap.id)
          .events.slice(-2)
          .map(({ action, actor }) => [action, actor]),
      ).toEqual([
        ['write-off-undone', 'operator-2'],
        ['closed', 'system'],
      ]);
    }));

  it('that somebody reverses in the ledger is seen by the next sweep', () =>
    withGap(async (desk, gap) => {
      const { entryId } = desk.breaks.writeOff(writeOffOf(gap), ada);
      desk.ledger.reverse({ entryId: idFromText(entryId)!, reason: 'by hand' }, bo);
      expect(codeOf(() => desk.breaks.undoWriteOff({ id: gap.id, note: NOTE }, ada))).toBe(
        'LEDGER_ALREADY_REVERSED',
      );
      expect(await desk.breaks.sweep()).toEqual({ opened: 0, closed: 0, turned: 1 });
      expect(desk.breaks.get(gap.id)).toMatchObject({ status: 'open', writeOff: null });
    }));
});

describe('an attachment', () => {
  const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(1_500_000, 0x20)]);
  const begin = (id: string, bytes: Buffer) =>
    ({
      id,
      fileName: 'DE02120300000000202051 mail.pdf',
      type: 'application/pdf',
      sizeBytes: bytes.byteLength,
    }) as const;
  async function attach({ breaks }: BreaksDesk, id: string, bytes: Buffer): Promise<string> {
    const { transferId } = breaks.attaching.begin(begin(id, bytes), ada);
    for (let at = 0; at < bytes.byteLength; at += 1_048_576) {
      breaks.attaching.bytes(transferId, at, bytes.subarray(at, at + 1_048_576), ada);
    }
    return (await breaks.attaching.end(transferId, ada)).attachmentId;
  }

  it('is sealed as evidence, comes back to the byte, and stands in the history', () =>
    withGap(async (desk, { id }) => {
      const attachmentId = await attach(desk, id, PDF);
      const detail = desk.breaks.get(id);
      expect(detail).toMatchObject({
        attachments: 1,
        attachmentList: [{ id: attachmentId, sizeBytes: PDF.byteLength }],
      });
      expect(detail.events.at(-1)).toMatchObject({ action: 'attached', actorName: 'Ada' });
      const read = (offset: number, length: number) =>
        desk.breaks.attaching.read({ id, attachmentId, offset, length }, bo);
      expect(Buffer.concat([read(0, 1_000_000).bytes, read(1_000_000, 1_000_000).bytes]).equals(PDF)).toBe(
        true,
      );
      expect(records(desk, 'compliance.read')).toHaveLength(1);
      expect(
        codeOf(() => desk.breaks.attaching.read({ id: '1', attachmentId, offset: 0, length: 1 }, bo)),
      ).toBe('BREAK_ATTACHMENT_UNKNOWN');
    }));

  it.each([
    ['nothing', Buffer.alloc(0), 'BREAK_ATTACHMENT_SIZE'],
    ['more than may be', Buffer.alloc(10 * 1_048_576 + 1), 'BREAK_ATTACHMENT_SIZE'],
  ])('of %s is refused', (_, bytes, code) =>
    withGap((desk, { id }) => {
      expect(codeOf(() => desk.breaks.attaching.begin(begin(id, bytes), ada))).toBe(code);
    }),
  );

  it('of another type than it says, of another size, or of somebody else is refused', () =>
    withGap(async (desk, { id }) => {
      await expect(attach(desk, id, Buffer.from('MZ not a PDF'))).rejects.toEqual(
        refusal('BREAK_ATTACHMENT_TYPE'),
      );
      const { attaching } = desk.breaks;
      const { transferId } = attaching.begin(begin(id, PDF), ada);
      expect(codeOf(() => attaching.bytes(transferId, 0, PDF.subarray(0, 9), bo))).toBe(
        'COMPLIANCE_UPLOAD_UNKNOWN',
      );
      expect(codeOf(() => attaching.bytes(transferId, 5, PDF.subarray(0, 9), ada))).toBe(
        'COMPLIANCE_UPLOAD_OFFSET',
      );
      attaching.bytes(transferId, 0, PDF.subarray(0, 9), ada);
      await expect(attaching.end(transferId, ada)).rejects.toEqual(refusal('BREAK_ATTACHMENT_SIZE'));
      const next = attaching.begin(begin(id, PDF.subarray(0, 9)), ada);
      expect(codeOf(() => attaching.bytes(next.transferId, 0, PDF.subarray(0, 10), ada))).toBe(
        'BREAK_ATTACHMENT_SIZE',
      );
      expect(desk.breaks.get(id).attachmentList).toEqual([]);
    }));

  it('is no more than twenty on one break', () =>
    withGap(async (desk, { id }) => {
      const small = PDF.subarray(0, 9);
      for (let n = 0; n < 20; n += 1) await attach(desk, id, small);
      await expect(attach(desk, id, small)).rejects.toEqual(refusal('BREAK_ATTACHMENT_MANY'));
    }));
});
