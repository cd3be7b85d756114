/** Payments told of by single messages that pay items of another currency: pre-posted, cleared, sent back. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type InstantMessage, readInstant } from '../../src/main/messages/index.ts';
import { analyst, INVOICE_HEADER } from '../reconciliation/support.ts';
import { DATE, type InstantDesk, MUSTER, OWN, openInstantDesk, pacs002, pacs004 } from './support.ts';

const INVOICES = `${INVOICE_HEADER}US-2026-1001,C1,invoice,2026-10-01,2026-10-31,USD,1000.00,,,
US-2026-1002,C1,invoice,2026-10-03,2026-11-02,USD,500.00,,,
`;
const UETR = '8a562c67-ca16-48ba-b074-65581be6f001';
const KEYS = { uetr: UETR, endToEndId: 'E1' };

/** A pacs.008 as it travels: settled in euro, instructed in dollars, with the rate that was used. */
function pacs008(
  change: { settled?: string; instructed?: string; rate?: string; charges?: string; text?: string } = {},
): InstantMessage {
  const {
    settled = '921.34',
    instructed = '1000.00',
    rate = '0.92134',
    charges = '',
    text = 'US-2026-1001',
  } = change;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>
<GrpHdr><MsgId>M-FX-${settled}-${instructed}</MsgId><CreDtTm>${DATE}T10:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
<CdtTrfTxInf><PmtId><EndToEndId>E1</EndToEndId><UETR>${UETR}</UETR></PmtId>
<IntrBkSttlmAmt Ccy="EUR">${settled}</IntrBkSttlmAmt><IntrBkSttlmDt>${DATE}</IntrBkSttlmDt>
<InstdAmt Ccy="USD">${instructed}</InstdAmt>${rate === '' ? '' : `<XchgRate>${rate}</XchgRate>`}<ChrgBr>SHAR</ChrgBr>${charges}
<Dbtr><Nm>${MUSTER.name}</Nm></Dbtr><DbtrAcct><Id><IBAN>${MUSTER.account}</IBAN></Id></DbtrAcct>
<DbtrAgt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></DbtrAgt>
<CdtrAgt><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId></CdtrAgt>
<Cdtr><Nm>Countersign GmbH</Nm></Cdtr><CdtrAcct><Id><IBAN>${OWN}</IBAN></Id></CdtrAcct>
<RmtInf><Ustrd>${text}</Ustrd></RmtInf></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`;
  return readInstant(Buffer.from(xml), { nowMs: Date.parse(`${DATE}T12:00:00Z`) });
}

let desk: InstantDesk;
let before: Record<string, bigint>;

beforeEach(async () => {
  desk = await openInstantDesk();
  await desk.import('fx.csv', INVOICES);
  await desk.reconciliation.online.refresh();
  before = books();
});
afterEach(() => desk.close());

/** What stands on each account, by its currency. */
function books(): Record<string, bigint> {
  const found: Record<string, bigint> = {};
  for (const role of [
    'in-transit',
    'unapplied-cash',
    'receivables',
    'currency-position',
    'bank-charges',
  ] as const) {
    for (const { currency, amountMinor } of desk.ledger.roleBalances(role)) {
      if (amountMinor !== 0n) found[`${role} ${currency}`] = amountMinor;
    }
  }
  return found;
}

const owed = () => before['receivables USD']!;
const settled = () => ({
  ...before,
  'receivables USD': owed() - 100_000n,
  'currency-position EUR': -92_134n,
  'currency-position USD': 100_000n,
});

describe('a payment of dollars on a euro account', () => {
  test('is pre-posted with its message; its line clears it, though it says nothing of dollars', async () => {
    expect(desk.send(pacs008())).toMatchObject({ received: 1, prePosted: 1 });
    expect(books()).toEqual({ ...settled(), 'in-transit EUR': 92_134n });
    expect(desk.openOf('US-2026-1001')).toBe(0n);
    await desk.book([{ amount: '921.34', endToEndId: 'E1' }]);
    expect(books()).toEqual(settled());
    const [line] = desk.reconciliation.matches({ limit: 5 }).rows;
    expect(line).toMatchObject({
      status: 'auto',
      items: [{ invoiceNumber: 'US-2026-1001', allocated: '1000.00' }],
      exchange: { amount: '921.34', rate: '0.92134', rateFrom: 'entry' },
    });
    // A run finds the same match and leaves it.
    const matchOf = () => desk.reconciliation.item(line!.bankTransactionId).match!.id;
    const standing = matchOf();
    await desk.run();
    expect(books()).toEqual(settled());
    expect(matchOf()).toBe(standing);
    desk.reconciliation.undo({ bankTransactionId: line!.bankTransactionId }, analyst);
    expect(books()).toEqual({ ...before, 'unapplied-cash EUR': -92_134n });
    expect(desk.openOf('US-2026-1001')).toBe(100_000n);
  });

  test('with charges in euro', async () => {
    const charges =
      '<ChrgsInf><Amt Ccy="EUR">5.00</Amt><Agt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></Agt></ChrgsInf>';
    expect(desk.send(pacs008({ settled: '916.34', charges }))).toMatchObject({ prePosted: 1 });
    expect(books()).toEqual({ ...settled(), 'in-transit EUR': 91_634n, 'bank-charges EUR': 500n });
  });

  test('without a rate waits for a person', () => {
    expect(desk.send(pacs008({ rate: '' }))).toMatchObject({ prePosted: 0 });
    expect(books()).toEqual(before);
    const { rows } = desk.reconciliation.queue({ limit: 5 });
    const [suggestion] = desk.reconciliation.item(rows[0]!.id).suggestions;
    expect(suggestion).toMatchObject({ exchange: { moneyMinor: 92_134n, rateFrom: 'amounts' } });
    desk.reconciliation.confirm({ bankTransactionId: rows[0]!.id }, analyst);
    expect(books()).toEqual({ ...settled(), 'in-transit EUR': 92_134n });
  });

  test('what was proposed moves to its line with its rate', async () => {
    desk.send(pacs008({ rate: '' }));
    await desk.book([{ amount: '921.34', endToEndId: 'E1' }]);
    const [line] = desk.reconciliation.matches({ limit: 5 }).rows;
    expect(line).toMatchObject({ status: 'suggested', exchange: { amount: '921.34', rate: '0.92134' } });
    desk.reconciliation.confirm({ bankTransactionId: line!.bankTransactionId }, analyst);
    expect(books()).toEqual(settled());
  });

  test('a rejection reopens the item', () => {
    desk.send(pacs008());
    expect(desk.send(pacs002(KEYS))).toMatchObject({ reopened: 1 });
    expect(books()).toEqual(before);
    expect(desk.openOf('US-2026-1001')).toBe(100_000n);
  });

  test('a return reopens it, and two lines clear the two legs', async () => {
    desk.send(pacs008());
    expect(desk.send(pacs004(KEYS, '921.34'))).toMatchObject({ reopened: 1 });
    expect(books()).toEqual(before);
    expect(desk.openOf('US-2026-1001')).toBe(100_000n);
    await desk.book([
      { amount: '921.34', endToEndId: 'E1' },
      { amount: '921.34', direction: 'debit', endToEndId: 'E1' },
    ]);
    await desk.run();
    expect(books()).toEqual(before);
  });

  test('after a return in part the rest is asked for at the rate of the payment', async () => {
    desk.send(pacs008());
    desk.send(pacs004(KEYS, '460.67'));
    expect(books()).toEqual(before);
    expect(desk.openOf('US-2026-1001')).toBe(100_000n);
    const { rows } = desk.reconciliation.queue({ limit: 5 });
    expect(desk.reconciliation.item(rows[0]!.id).suggestions[0]).toMatchObject({
      allocations: [{ allocatedMinor: 50_000n, currency: 'USD' }],
      exchange: { moneyMinor: 46_067n },
    });
    await desk.book([
      { amount: '921.34', endToEndId: 'E1' },
      { amount: '460.67', direction: 'debit', endToEndId: 'E1' },
    ]);
    await desk.run();
    const line = desk.reconciliation
      .matches({ limit: 5 })
      .rows.find(({ direction }) => direction === 'credit');
    desk.reconciliation.confirm({ bankTransactionId: line!.bankTransactionId }, analyst);
    expect(books()).toEqual({
      ...before,
      'receivables USD': owed() - 50_000n,
      'currency-position EUR': -46_067n,
      'currency-position USD': 50_000n,
    });
  });

  test("of a person's match a return in part leaves the share of the rest", () => {
    desk.send(pacs008());
    const id = desk.reconciliation.queue({ limit: 5 }).rows[0]!.id;
    desk.reconciliation.confirm({ bankTransactionId: id }, analyst);
    desk.send(pacs004(KEYS, '460.67'));
    expect(desk.openOf('US-2026-1001')).toBe(50_000n);
    expect(books()).toEqual({
      ...before,
      'in-transit EUR': 46_067n,
      'receivables USD': owed() - 50_000n,
      'currency-position EUR': -46_067n,
      'currency-position USD': 50_000n,
    });
    expect(desk.reconciliation.item(id).match).toMatchObject({
      decidedBy: 'person',
      exchange: { moneyMinor: 46_067n, rate: '0.92134' },
    });
  });
});
