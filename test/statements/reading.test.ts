import { describe, expect, it } from 'vitest';
import { CALLER, type TestDesks, withDesks } from '../support/desks.ts';
import { camt053, mt940, OWN_IBAN, type StatementSpec } from '../support/statement-files.ts';

const SPEC: StatementSpec = {
  number: '17',
  opening: ['2024-01-31', '100.00'],
  closing: ['2024-02-02', '107.50'],
  lines: [
    { date: '2024-02-01', amount: '10.00', text: 'Rechnung für Müller' },
    { date: '2024-02-01', amount: '-5.00', text: 'Gebühr' },
    { date: '2024-02-02', amount: '2.50', text: 'last' },
  ],
};

const marked = ({ statements }: TestDesks, id: string, field: string) => {
  const { text, markStart, markEnd, ...rest } = statements.source(id, field);
  return { ...rest, marked: text.slice(markStart, markEnd), text };
};

describe('statements', () => {
  it('are listed with their balances, newest first', () =>
    withDesks(async (desks) => {
      await desks.take('first.xml', camt053(SPEC));
      const gap = { opening: ['2024-02-09', '110.00'], closing: ['2024-02-10', '111.00'] } as const;
      await desks.take('second.xml', camt053({ ...gap, lines: [{ date: '2024-02-10', amount: '1.00' }] }));
      const { rows, total } = desks.statements.list({ limit: 10 });
      expect(total).toBe(2);
      expect(rows[1]).toMatchObject({
        accountNumber: OWN_IBAN,
        type: 'camt.053',
        statementId: 'ST-0',
        sequenceNumber: '17',
        fileName: 'first.xml',
        openingMinor: 10_000n,
        openingDate: '2024-01-31',
        closingMinor: 10_750n,
        closingDate: '2024-02-02',
        transactions: 3,
        gapMinor: 10_000n,
        differenceMinor: 0n,
      });
      expect(rows[0]).toMatchObject({ fileName: 'second.xml', gapMinor: 250n });
      const page = desks.statements.list({ limit: 1 });
      expect(desks.statements.list({ limit: 1, cursor: page.nextCursor! }).rows).toEqual([rows[1]]);
      expect(desks.statements.get(rows[0]!.id)).toEqual(rows[0]);
      expect(desks.statements.openBreaks().map(({ kind, amountMinor }) => [kind, amountMinor])).toEqual([
        ['opening', 10_000n],
        ['gap', 250n],
      ]);
      expect(() => desks.statements.get('99')).toThrow(
        expect.objectContaining({ code: 'STATEMENT_UNKNOWN' }),
      );
    }));

  it('make the balance of their account', () =>
    withDesks(async (desks) => {
      await desks.take('first.xml', camt053(SPEC));
      expect(desks.statements.bankAccounts()).toMatchObject([
        {
          number: OWN_IBAN,
          currency: 'EUR',
          ledgerMinor: 10_750n,
          bankMinor: 10_750n,
          bankDate: '2024-02-02',
          differenceMinor: 0n,
        },
      ]);
      expect(desks.statements.cashByDay()).toEqual([
        { date: '2024-02-01', currency: 'EUR', inMinor: 1_000n, outMinor: 500n, transactions: 2 },
        { date: '2024-02-02', currency: 'EUR', inMinor: 250n, outMinor: 0n, transactions: 1 },
      ]);
    }));

  it('that the ledger left behind are found, and the next statement answers it', () =>
    withDesks(async (desks) => {
      await desks.take('first.xml', camt053(SPEC));
      const [bank, other] = ['Bank account 1 EUR', 'Unapplied cash EUR'].map((name) =>
        BigInt(desks.ledger.accounts().find((account) => account.name === name)!.id),
      ) as [bigint, bigint];
      const postings = [
        { accountId: bank, amountMinor: 33n },
        { accountId: other, amountMinor: -33n },
      ];
      const id = Buffer.from('018d0000000070008000000000000001', 'hex');
      desks.ledger.post([{ id, effectiveDate: '2024-02-02', reason: 'adjustment', postings }], CALLER);
      expect(await desks.statements.verifyBank()).toMatchObject({
        ok: false,
        examined: 1,
        findings: [expect.stringContaining('107.83')],
      });
      const next = { opening: ['2024-02-02', '107.50'], closing: ['2024-02-03', '107.50'] } as const;
      await desks.take('next.xml', camt053({ ...next, lines: [] }));
      expect(await desks.statements.verifyBank()).toMatchObject({ ok: true, examined: 2 });
    }));
});

describe('bank transactions', () => {
  it('are listed by statement in their order, else newest first', () =>
    withDesks(async (desks) => {
      await desks.take('first.xml', camt053(SPEC));
      const { statements } = desks;
      const statementId = statements.list({ limit: 1 }).rows[0]!.id;
      const ofStatement = statements.transactions({ limit: 10, statementId });
      expect(ofStatement.rows.map(({ remittance }) => remittance)).toEqual([
        'Rechnung für Müller',
        'Gebühr',
        'last',
      ]);
      expect(ofStatement.total).toBe(3);
      const first = statements.transactions({ limit: 2 });
      const second = statements.transactions({ limit: 2, cursor: first.nextCursor! });
      expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(
        ofStatement.rows.map(({ id }) => id).toReversed(),
      );
      expect(statements.transactions({ limit: 5, bookingDate: '2024-02-02' }).rows).toHaveLength(1);
      expect(statements.transactions({ limit: 5, bookingDate: '2024-02-02' }).total).toBe(1);
      expect(statements.transactions({ limit: 5, bankAccountId: '2' }).rows).toEqual([]);
      expect(ofStatement.rows[1]).toMatchObject({
        direction: 'debit',
        amountMinor: 500n,
        booking: 'booked',
        status: 'unmatched',
        endToEndId: 'E2E-1',
      });
      const ids = ofStatement.rows.map(({ id }) => BigInt(id));
      expect(statements.transactionRows([ids[2]!, 99n, ids[0]!]).map(({ id }) => id)).toEqual([
        `${ids[2]}`,
        `${ids[0]}`,
      ]);
      const matching = [...statements.transactionsForMatching({ afterId: ids[0]! })];
      expect(matching.map(({ id }) => id)).toEqual(ids.slice(1));
      expect(matching[0]).toMatchObject({
        direction: 'debit',
        amountMinor: 500n,
        content: { endToEndId: 'E2E-1' },
      });
      expect(matching[0]!.entryId).not.toBeNull();
    }));

  it('lead to the journal entry that posted them', () =>
    withDesks(async (desks) => {
      await desks.take('first.xml', camt053(SPEC));
      const { id } = desks.statements.transactions({ limit: 1 }).rows[0]!;
      const detail = desks.statements.transaction(id);
      expect(detail.journalEntryIds).toHaveLength(1);
      const entry = desks.ledger.entries({ limit: 5, source: { kind: 'bank-transaction', id } }).rows[0]!;
      expect(entry).toMatchObject({
        id: detail.journalEntryIds[0],
        effectiveDate: '2024-02-02',
        reason: 'statement.line',
      });
    }));

  it('of notices stand with their notice and nowhere else', () =>
    withDesks(async (desks) => {
      await desks.take('notice.xml', camt053(SPEC, '054'));
      const { statements } = desks;
      const statementId = statements.list({ limit: 1 }).rows[0]!.id;
      expect(statements.transactions({ limit: 10, statementId }).rows.map(({ booking }) => booking)).toEqual([
        'info',
        'info',
        'info',
      ]);
      expect(statements.transactions({ limit: 10 })).toMatchObject({ rows: [], total: 0 });
      expect([...statements.transactionsForMatching()]).toEqual([]);
    }));
});

describe('the message behind a transaction', () => {
  it.each([
    ['amount', '10.00'],
    ['bookingDate', '2024-02-01'],
    ['remittance', 'Rechnung für Müller'],
    ['endToEndId', 'E2E-0'],
  ])('of camt.053 is shown with the %s marked', (field, expected) =>
    withDesks(async (desks) => {
      const file = camt053(SPEC);
      await desks.take('first.xml', file, { chunkBytes: 700 });
      const id = desks.statements.transactions({ limit: 5 }).rows.at(-1)!.id;
      const source = marked(desks, id === '1' ? id : '1', field);
      expect(source.marked).toBe(expected);
      expect(file).toContain(source.text);
      const lines = file.split('\n');
      expect(lines[source.firstLine - 1]).toBe(source.text.split('\n')[0]);
      expect(Buffer.from(file).subarray(source.byteStart, source.byteEnd).toString()).toBe(expected);
    }),
  );

  it('of MT940 in ISO-8859-1 is shown as it reads', () =>
    withDesks(async (desks) => {
      const file = mt940(SPEC);
      await desks.take('first.sta', Buffer.from(file, 'latin1'));
      const source = marked(desks, '1', 'remittance');
      expect(source.marked).toContain('Rechnung für Müller');
      expect(marked(desks, '2', 'amount')).toMatchObject({ marked: '5,00', messageType: 'mt940' });
    }));

  it('of one long line is shown in part', () =>
    withDesks(async (desks) => {
      const lines = Array.from({ length: 3_000 }, (_, i) => ({
        date: '2024-02-01',
        amount: '1.00',
        text: `number ${i}`,
      }));
      const file = camt053({
        opening: ['2024-01-31', '0.00'],
        closing: ['2024-02-01', '3000.00'],
        lines,
      }).replaceAll('\n', ' ');
      await desks.take('line.xml', file);
      const source = marked(desks, '2000', 'remittance');
      expect(source.marked).toBe('number 1999');
      expect(source.text.length).toBeLessThan(10_000);
    }));

  it('that was erased is said to be', () =>
    withDesks(async (desks) => {
      await desks.take('first.xml', camt053(SPEC));
      const { vault, sealing } = desks.test;
      const ids = vault.db.prepare('SELECT sealed_id AS id FROM import_chunk').all() as { id: bigint }[];
      vault.transaction(() => {
        for (const { id } of ids) sealing.erase(id);
      });
      expect(() => desks.statements.source('1', 'amount')).toThrow(
        expect.objectContaining({ code: 'STATEMENT_SOURCE_ERASED' }),
      );
    }));
});

describe('what is secret', () => {
  it('stands in no main table and no error', () =>
    withDesks(async (desks) => {
      await desks.take('Müller geheim.xml', camt053({ ...SPEC, id: `STMT-${OWN_IBAN}` }));
      await desks.take('Müller geheim.xml', camt053({ ...SPEC, closing: ['2024-02-02', '1.00'] }));
      const { db } = desks.test.vault;
      const tables = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        .all() as { name: string }[];
      let cells = 0;
      for (const { name } of tables) {
        for (const row of db.prepare(`SELECT * FROM ${name}`).all() as Record<string, unknown>[]) {
          for (const value of Object.values(row)) {
            cells += 1;
            const text = Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
            expect(/M\u00fcller|MÃ¼ller|geheim|DE02120300|202051|E2E-|Gebühr/.test(text)).toBe(false);
          }
        }
      }
      expect(cells).toBeGreaterThan(200);
    }));
});
