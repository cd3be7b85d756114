import { describe, expect, it } from 'vitest';
import type { FileResult } from '../../src/contract/intake.ts';
import { CALLER, type TestDesks, withDesks } from '../support/desks.ts';
import { camt053, mt940, type StatementSpec } from '../support/statement-files.ts';

const CUSTOMERS = `customer_id,name,country,ibans,aliases
C1,Ärger & Söhne GmbH,DE,DE89370400440532013000|DE02120300000000202051,Aerger|A&S
C2,"Zwei, AG",CH,CH9300762011623852957,
`;
const INVOICES = `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until
I1,C1,invoice,2024-01-01,2024-02-01,EUR,100.50,RF18539007547034,2.5,2024-01-10
I2,C1,credit_note,2024-01-02,2024-02-01,EUR,20.00,,,
`;

const FEBRUARY: StatementSpec = {
  opening: ['2024-01-31', '100.00'],
  closing: ['2024-02-02', '107.50'],
  lines: [
    { date: '2024-02-01', amount: '10.00' },
    { date: '2024-02-01', amount: '-5.00' },
    { date: '2024-02-02', amount: '2.50' },
  ],
};
const NEXT: StatementSpec = {
  opening: ['2024-02-02', '107.50'],
  closing: ['2024-02-05', '110.00'],
  lines: [{ date: '2024-02-05', amount: '2.50' }],
};
const MARCH: StatementSpec = {
  opening: ['2024-02-29', '300.00'],
  closing: ['2024-03-01', '301.00'],
  lines: [{ date: '2024-03-01', amount: '1.00' }],
};

interface Step {
  readonly file: string;
  readonly content: string | Uint8Array;
  readonly accept?: string;
}

interface Case {
  readonly what: string;
  /** Files that are taken in first. */
  readonly before?: readonly Step[];
  readonly prepare?: (desks: TestDesks) => void;
  readonly step: Step;
  readonly expected: Partial<FileResult>;
  readonly line?: number;
  /** A word that one of the warnings holds. */
  readonly warning?: string;
  /** Balances by the name of the account, debit positive. */
  readonly balances?: Readonly<Record<string, bigint>>;
}

const camt = (content: string): Step => ({ file: 'statement.xml', content });
const customers: Step = { file: 'customers.csv', content: CUSTOMERS };
const invoices: Step = { file: 'invoices.csv', content: INVOICES };
const BANK = 'Bank account 1 EUR';
const OPEN_BALANCES = {
  [BANK]: 10_750n,
  'Unapplied cash EUR': -750n,
  'Statement differences EUR': -10_000n,
};

const CASES: readonly Case[] = [
  {
    what: 'customers',
    step: customers,
    expected: { type: 'customers', outcome: 'imported', statements: 0, transactions: 2, warnings: [] },
  },
  {
    what: 'the same customers again',
    before: [customers],
    step: customers,
    expected: { type: 'customers', outcome: 'duplicate', transactions: 0 },
  },
  {
    what: 'customers of whom one changed',
    before: [customers],
    step: { file: 'customers.csv', content: CUSTOMERS.replace('Zwei, AG', 'Zwei Nachfolger AG') },
    expected: { outcome: 'imported', transactions: 1 },
    warning: 'known already',
  },
  {
    what: 'one customer twice with other content',
    step: { file: 'c.csv', content: `${CUSTOMERS}C1,Another,DE,,\n` },
    expected: { type: 'customers', outcome: 'refused', code: 'CSV_DUPLICATE', transactions: 0 },
    line: 4,
  },
  {
    what: 'a customer whose IBAN has wrong check digits',
    step: { file: 'c.csv', content: CUSTOMERS.replace('DE893704', 'DE883704') },
    expected: { type: 'customers', outcome: 'refused' },
    line: 2,
  },
  {
    what: 'customers without a column',
    step: { file: 'c.csv', content: CUSTOMERS.replace(',aliases', '') },
    expected: { outcome: 'refused' },
  },
  {
    what: 'invoices and a credit note',
    before: [customers],
    step: invoices,
    expected: { type: 'invoices', outcome: 'imported', transactions: 2 },
    balances: { 'Receivables EUR': 8_050n, 'ERP clearing EUR': -8_050n },
  },
  {
    what: 'the same invoices again',
    before: [customers, invoices],
    step: invoices,
    expected: { type: 'invoices', outcome: 'duplicate', transactions: 0 },
    balances: { 'Receivables EUR': 8_050n },
  },
  {
    what: 'known invoices and a new one',
    before: [customers, invoices],
    step: { file: 'i.csv', content: `${INVOICES}I3,C2,invoice,2024-01-03,2024-02-01,EUR,1,,,\n` },
    expected: { outcome: 'imported', transactions: 1 },
    warning: '2 invoices are known already',
    balances: { 'Receivables EUR': 8_150n },
  },
  {
    what: 'a known invoice number with another amount',
    before: [customers, invoices],
    step: { file: 'i.csv', content: INVOICES.replace('100.50', '100.51') },
    expected: { outcome: 'refused', code: 'INVOICE_CONFLICT' },
    line: 2,
    balances: { 'Receivables EUR': 8_050n },
  },
  {
    what: 'a known invoice number with another reference',
    before: [customers, invoices],
    step: { file: 'i.csv', content: INVOICES.replace('RF18539007547034', '') },
    expected: { outcome: 'refused', code: 'INVOICE_CONFLICT' },
    line: 2,
  },
  {
    what: 'an invoice of a customer that is not known',
    before: [customers],
    step: { file: 'i.csv', content: INVOICES.replace('I2,C1', 'I2,C9') },
    expected: { outcome: 'refused', code: 'INTAKE_REFERENCE_UNKNOWN', transactions: 0 },
    line: 3,
    balances: { 'Receivables EUR': 0n },
  },
  {
    what: 'an invoice issued in a closed period',
    before: [customers],
    prepare: ({ ledger }) => ledger.closePeriod('2024-01-01', CALLER),
    step: invoices,
    expected: { outcome: 'refused', code: 'LEDGER_PERIOD_CLOSED' },
    line: 2,
  },
  {
    what: 'the first statement of an account',
    step: camt(camt053(FEBRUARY)),
    expected: { type: 'camt.053', outcome: 'imported', statements: 1, transactions: 3 },
    warning: 'an own account that was not known',
    balances: OPEN_BALANCES,
  },
  {
    what: 'the same file again',
    before: [camt(camt053(FEBRUARY))],
    step: camt(camt053(FEBRUARY)),
    expected: { type: 'camt.053', outcome: 'duplicate', code: 'STATEMENT_DUPLICATE', statements: 0 },
    balances: OPEN_BALANCES,
  },
  {
    what: 'the same statement under another id and in another order of lines',
    before: [camt(camt053(FEBRUARY))],
    step: camt(camt053({ ...FEBRUARY, id: 'OTHER', lines: FEBRUARY.lines.toReversed() })),
    expected: { outcome: 'duplicate', code: 'STATEMENT_DUPLICATE' },
    balances: OPEN_BALANCES,
  },
  {
    what: 'the same statement as MT940',
    before: [camt(camt053(FEBRUARY))],
    step: { file: 'statement.sta', content: mt940(FEBRUARY) },
    expected: { type: 'mt940', outcome: 'duplicate', code: 'STATEMENT_DUPLICATE', transactions: 0 },
    balances: OPEN_BALANCES,
  },
  {
    what: 'the same statement as MT940 by bank code and account, in pages',
    before: [camt(camt053(FEBRUARY))],
    step: {
      file: 'statement.sta',
      content: mt940(FEBRUARY, { account: '12030000/202051', linesPerPage: 1 }),
    },
    expected: { type: 'mt940', outcome: 'duplicate' },
    balances: OPEN_BALANCES,
  },
  {
    what: 'the same statement as camt.053 after MT940 in pages',
    before: [{ file: 'statement.sta', content: mt940(FEBRUARY, { linesPerPage: 2 }) }],
    step: camt(camt053(FEBRUARY)),
    expected: { type: 'camt.053', outcome: 'duplicate' },
    balances: OPEN_BALANCES,
  },
  {
    what: 'a statement over two that are known',
    before: [camt(camt053([FEBRUARY, NEXT]))],
    step: camt(camt053({ ...FEBRUARY, closing: NEXT.closing!, lines: [...FEBRUARY.lines, ...NEXT.lines] })),
    expected: { outcome: 'duplicate', code: 'STATEMENT_DUPLICATE' },
    balances: { [BANK]: 11_000n, 'Unapplied cash EUR': -1_000n },
  },
  {
    what: 'a part of a statement that is known',
    before: [camt(camt053(FEBRUARY))],
    step: camt(
      camt053({
        opening: ['2024-01-31', '100.00'],
        closing: ['2024-02-01', '105.00'],
        lines: FEBRUARY.lines.slice(0, 2),
      }),
    ),
    expected: { outcome: 'duplicate' },
    balances: OPEN_BALANCES,
  },
  {
    what: 'a later statement of a day with the very lines of the first',
    before: [
      camt(
        camt053({
          opening: ['2024-02-01', '0.00'],
          closing: ['2024-02-02', '2.50'],
          lines: [{ date: '2024-02-02', amount: '2.50' }],
        }),
      ),
    ],
    step: camt(
      camt053({
        opening: ['2024-02-02', '2.50'],
        closing: ['2024-02-02', '5.00'],
        lines: [{ date: '2024-02-02', amount: '2.50' }],
      }),
    ),
    expected: { outcome: 'imported', transactions: 1 },
    balances: { [BANK]: 500n, 'Unapplied cash EUR': -500n },
  },
  {
    what: 'a statement of which some days are known and others not',
    before: [camt(camt053(FEBRUARY))],
    step: camt(camt053({ ...FEBRUARY, closing: NEXT.closing!, lines: [...FEBRUARY.lines, ...NEXT.lines] })),
    expected: { outcome: 'imported', transactions: 4 },
    warning: 'lines may be there twice',
    balances: { [BANK]: 11_000n },
  },
  {
    what: 'an equal statement of another account',
    before: [camt(camt053(FEBRUARY))],
    step: camt(camt053({ ...FEBRUARY, account: 'DE89370400440532013000' })),
    expected: { outcome: 'imported', statements: 1 },
    balances: { 'Bank account 2 EUR': 10_750n },
  },
  {
    what: 'a file of which one statement is known',
    before: [camt(camt053(FEBRUARY))],
    step: camt(camt053([FEBRUARY, NEXT])),
    expected: { outcome: 'imported', statements: 1, transactions: 1 },
    warning: 'One statement of the file is known already',
    balances: { [BANK]: 11_000n, 'Unapplied cash EUR': -1_000n, 'Statement differences EUR': -10_000n },
  },
  {
    what: 'one statement twice in a file',
    step: camt(camt053([FEBRUARY, FEBRUARY])),
    expected: { outcome: 'imported', statements: 1, transactions: 3 },
    balances: OPEN_BALANCES,
  },
  {
    what: 'a statement with a gap to the last one',
    before: [camt(camt053(FEBRUARY))],
    step: camt(camt053(MARCH)),
    expected: { outcome: 'imported', statements: 1 },
    warning: 'Gap',
    balances: { [BANK]: 30_100n, 'Unapplied cash EUR': -850n, 'Statement differences EUR': -29_250n },
  },
  {
    what: 'an earlier statement that comes late',
    before: [camt(camt053(FEBRUARY)), camt(camt053(MARCH))],
    step: camt(camt053(NEXT)),
    expected: { outcome: 'imported' },
    warning: 'explains',
    balances: { [BANK]: 30_100n, 'Unapplied cash EUR': -1_100n, 'Statement differences EUR': -29_000n },
  },
  {
    what: 'an earlier statement that explains a gap whole',
    before: [
      camt(camt053(FEBRUARY)),
      camt(
        camt053({ ...NEXT, opening: ['2024-02-05', '110.00'], closing: ['2024-02-06', '110.00'], lines: [] }),
      ),
    ],
    step: camt(camt053(NEXT)),
    expected: { outcome: 'imported' },
    warning: 'explains',
    balances: { [BANK]: 11_000n, 'Unapplied cash EUR': -1_000n, 'Statement differences EUR': -10_000n },
  },
  {
    what: 'a statement that does not add up',
    step: camt(camt053({ ...FEBRUARY, closing: ['2024-02-02', '107.51'] })),
    expected: { outcome: 'refused', code: 'STATEMENT_DOES_NOT_ADD_UP', statements: 0, transactions: 0 },
    line: 3,
    balances: { [BANK]: 0n, 'Unapplied cash EUR': 0n },
  },
  {
    what: 'a statement that does not add up, taken in by a person',
    step: {
      ...camt(camt053({ ...FEBRUARY, closing: ['2024-02-02', '107.51'] })),
      accept: 'The bank confirmed a rounding by phone.',
    },
    expected: { outcome: 'imported', statements: 1 },
    warning: "a person's decision",
    balances: { [BANK]: 10_751n, 'Unapplied cash EUR': -750n, 'Statement differences EUR': -10_001n },
  },
  {
    what: 'a file of which one statement does not add up',
    step: camt(camt053([FEBRUARY, { ...NEXT, closing: ['2024-02-05', '1.00'] }])),
    expected: { outcome: 'refused', code: 'STATEMENT_DOES_NOT_ADD_UP', statements: 0 },
    balances: { [BANK]: 0n },
  },
  {
    what: 'a statement in a closed period',
    prepare: ({ ledger }) => ledger.closePeriod('2024-02-01', CALLER),
    step: camt(camt053(FEBRUARY)),
    expected: { outcome: 'refused', code: 'LEDGER_PERIOD_CLOSED' },
    balances: { [BANK]: 0n },
  },
  {
    what: 'a known statement whose period was closed since',
    before: [camt(camt053(FEBRUARY))],
    prepare: ({ ledger }) => ledger.closePeriod('2024-02-02', CALLER),
    step: { file: 'statement.sta', content: mt940(FEBRUARY) },
    expected: { outcome: 'duplicate' },
  },
  {
    what: 'a statement whose opening balance lies in a closed period',
    prepare: ({ ledger }) => ledger.closePeriod('2024-01-31', CALLER),
    step: camt(camt053(FEBRUARY)),
    expected: { outcome: 'imported' },
    balances: OPEN_BALANCES,
  },
  {
    what: 'a statement without balances',
    step: camt(camt053({ lines: FEBRUARY.lines })),
    expected: { outcome: 'imported', statements: 1, transactions: 3 },
    balances: { [BANK]: 750n, 'Unapplied cash EUR': -750n, 'Statement differences EUR': 0n },
  },
  {
    what: 'pending entries and entries of zero, which post nothing',
    step: camt(
      camt053({
        opening: ['2024-01-31', '0.00'],
        closing: ['2024-02-01', '1.00'],
        lines: [
          { date: '2024-02-01', amount: '1.00' },
          { date: '2024-02-01', amount: '7.00', status: 'PDNG' },
          { date: '2024-02-01', amount: '0.00' },
        ],
      }),
    ),
    expected: { outcome: 'imported', transactions: 3 },
    balances: { [BANK]: 100n, 'Unapplied cash EUR': -100n },
  },
  {
    what: 'a reversal, which takes money back',
    step: camt(
      camt053({
        opening: ['2024-01-31', '5.00'],
        closing: ['2024-02-01', '2.00'],
        lines: [{ date: '2024-02-01', amount: '-3.00', reversal: true }],
      }),
    ),
    expected: { outcome: 'imported', transactions: 1 },
    balances: { [BANK]: 200n, 'Unapplied cash EUR': 300n, 'Statement differences EUR': -500n },
  },
  {
    what: 'a line in another currency than its statement',
    step: camt(
      camt053({
        opening: ['2024-01-31', '5.00'],
        closing: ['2024-02-01', '6.00'],
        lines: [
          { date: '2024-02-01', amount: '1.00' },
          { date: '2024-02-01', amount: '9.00', currency: 'USD' },
        ],
      }),
    ),
    expected: { outcome: 'imported', statements: 1, transactions: 2 },
    balances: { 'Bank account 1 EUR': 600n, 'Bank account 2 USD': 900n, 'Unapplied cash USD': -900n },
  },
  {
    what: 'a camt.052, which informs and posts nothing',
    step: camt(camt053(FEBRUARY, '052')),
    expected: { type: 'camt.052', outcome: 'imported', statements: 1, transactions: 3 },
    balances: { [BANK]: 0n, 'Unapplied cash EUR': 0n, 'Statement differences EUR': 0n },
  },
  {
    what: 'a statement after a camt.052 of the same lines',
    before: [camt(camt053(FEBRUARY, '052'))],
    step: camt(camt053(FEBRUARY)),
    expected: { type: 'camt.053', outcome: 'imported', transactions: 3 },
    balances: OPEN_BALANCES,
  },
  {
    what: 'two notices of equal lines under different ids',
    before: [camt(camt053({ id: 'A', lines: NEXT.lines }, '054'))],
    step: camt(camt053({ id: 'B', lines: NEXT.lines }, '054')),
    expected: { type: 'camt.054', outcome: 'imported', transactions: 1 },
  },
  {
    what: 'an empty file',
    step: { file: 'nothing.xml', content: '' },
    expected: { type: 'unknown', outcome: 'refused', code: 'INTAKE_FILE_EMPTY' },
  },
  {
    what: 'a file of another kind',
    step: { file: 'note.txt', content: 'Dear bank,\nplease call.\n' },
    expected: { type: 'unknown', outcome: 'refused', code: 'MESSAGE_TYPE_UNKNOWN' },
  },
  {
    what: 'a statement that is cut off',
    step: camt(camt053(FEBRUARY).slice(0, -60)),
    expected: { type: 'camt.053', outcome: 'refused' },
    balances: { [BANK]: 0n },
  },
];

describe('a difference that is accepted', () => {
  it('is accepted in the file that was agreed to, and in no other of that name', () =>
    withDesks(async (desks) => {
      const { file, content } = camt(camt053(FEBRUARY));
      const other = 'f'.repeat(64);
      const refusedOne = await desks.take(file, content, {
        acceptDifference: { reason: 'why', sha256: other },
      });
      expect(refusedOne).toMatchObject({ outcome: 'refused', code: 'INTAKE_FILE_DIFFERENT' });
      expect(refusedOne.details).toMatchObject({ path: 'acceptDifference.sha256', expected: other });
      expect(desks.balance(BANK)).toBe(0n);
      expect(await desks.take(file, content, { acceptDifference: { reason: 'why' } })).toMatchObject({
        outcome: 'imported',
      });
    }));
});

describe('what becomes of', () => {
  it.each(CASES)('$what', (row) =>
    withDesks(async (desks) => {
      for (const { file, content } of row.before ?? []) {
        expect((await desks.take(file, content)).outcome).toBe('imported');
      }
      row.prepare?.(desks);
      const { file, content, accept } = row.step;
      const result = await desks.take(file, content, accept ? { acceptDifference: { reason: accept } } : {});
      expect(result).toMatchObject({ file, ...row.expected });
      if (row.line !== undefined) expect(result.details).toMatchObject({ line: row.line });
      if (row.warning !== undefined) expect(result.warnings.join('\n')).toContain(row.warning);
      for (const [name, minor] of Object.entries(row.balances ?? {})) {
        expect([name, desks.balance(name)]).toEqual([name, minor]);
      }
      expect(await desks.statements.verifyBank()).toMatchObject({ ok: true, findings: [] });
      expect(desks.ledger.trialBalance().balanced).toBe(true);
      const verified = await desks.ledger.verify();
      expect(verified.checks.flatMap(({ findings }) => findings)).toEqual([]);
    }),
  );
});
