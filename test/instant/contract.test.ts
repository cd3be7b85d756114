/**
 * What goes wrong with instant payments on an ordinary day, through the contract: bytes in, statements in, people's
 * decisions, and what every screen is told. Each case has an account of its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../../src/main/engine/index.ts';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import { CUSTOMERS, camt053, INVOICE_HEADER, type LineOptions } from '../reconciliation/support.ts';
import { cheapStretch, injectedClient } from '../support/people.ts';
import { fixedClockRuntime } from '../support/vault.ts';
import {
  bytesOf,
  camt054,
  camt056,
  DATE,
  MUSTER,
  NORD,
  type PaymentOptions,
  pacs002,
  pacs004,
  pacs008,
} from './support.ts';

const DAY_MS = 86_400_000;
const clock = fixedClockRuntime(Date.parse(`${DATE}T12:00:00Z`));
let folder: string;
let host: EngineHost;
let client: Client;

/** An own account in Germany: two check digits over the bank's code and a number. */
function ibanOf(number: number): string {
  const bban = `12030000${number.toString().padStart(10, '0')}`;
  return `DE${String(98n - (BigInt(`${bban}131400`) % 97n)).padStart(2, '0')}${bban}`;
}

async function bring(fileName: string, text: string): Promise<void> {
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: Buffer.byteLength(text) });
  await client.intake.write({ uploadId, offset: 0, bytes: new Blob([text]) });
  expect(await client.intake.finish({ uploadId })).toMatchObject({ outcome: 'imported' });
}

const submit = (message: InstantMessage) =>
  client.connectors.submit({ message: new Blob([new Uint8Array(bytesOf(message))]) });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-instant-'));
  host = createEngineHost({
    dataFolder: folder,
    version: 'test',
    runtime: clock,
    stretchOfOperatorsInTests: cheapStretch,
  });
  client = injectedClient(host);
  await client.vault.create({ name: 'desk', passphrase: 'seven quiet herons on a ledge' });
  await bring('customers.csv', CUSTOMERS);
}, 120_000);
afterAll(async () => {
  const { checks } = await client.ledger.verify();
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

async function itemOf(invoiceNumber: string) {
  const { rows } = await client.receivables.openItems({ limit: 200 });
  return rows.find((row) => row.invoiceNumber === invoiceNumber)!;
}

let cases = 0;

/** An account of its own, two invoices, and what is known of them. */
async function opened() {
  cases += 1;
  const iban = ibanOf(cases);
  const amount = `${1_000 + cases}.17`;
  const other = `${2_000 + cases}.80`;
  const [invoice, second] = [`INV-2026-${7000 + 2 * cases}`, `INV-2026-${7001 + 2 * cases}`];
  const rows = [`${invoice},C1,invoice,2026-10-01,2026-10-31,EUR,${amount},,,`];
  rows.push(`${second},C2,invoice,2026-10-01,2026-10-31,EUR,${other},,,`);
  await bring(`invoices-${cases}.csv`, `${INVOICE_HEADER}${rows.join('\n')}\n`);
  const uetr = `8a562c67-ca16-48ba-b074-${cases.toString(16).padStart(12, '0')}`;
  const keys = { uetr, endToEndId: `E-${cases}` };
  let openingMinor = 0n;
  let files = 0;
  async function book(lines: readonly LineOptions[], date = DATE): Promise<void> {
    files += 1;
    const { xml, closingMinor } = camt053({ id: `S-${cases}-${files}`, date, openingMinor, lines, iban });
    openingMinor = closingMinor;
    await bring(`s-${cases}-${files}.xml`, xml);
  }
  await book([], '2026-11-19');
  const account = (await client.statements.bankAccounts()).find(({ number }) => number === iban)!;
  const told: PaymentOptions = { amount, text: invoice, keys, account: iban };
  const openOf = async (invoiceNumber: string) => (await itemOf(invoiceNumber)).openMinor;
  return {
    ...{ iban, amount, other, invoice, second, uetr, keys, told, book, openOf },
    minor: BigInt(amount.replace('.', '')),
    otherMinor: BigInt(other.replace('.', '')),
    payments: async () => (await client.instant.payments({ limit: 20, bankAccountId: account.id })).rows,
    proof: async (date = DATE) => client.breaks.proof({ bankAccountId: account.id, date }),
    breaks: async () => {
      await client.breaks.sweep();
      const { rows } = await client.breaks.list({ bankAccountId: account.id, status: 'standing' });
      return rows.map(({ kind, amountMinor }) => [kind, amountMinor]);
    },
    position: async () =>
      (await client.instant.position({})).accounts.find(({ bankAccountId }) => bankAccountId === account.id)!,
  };
}

describe('after the line', () => {
  test('a recall moves nothing, marks the payment and opens a task', async () => {
    const { told, book, payments, amount, keys, minor, openOf, invoice } = await opened();
    await submit(pacs008(told));
    await book([{ amount, endToEndId: keys.endToEndId }]);
    expect(await submit(camt056(keys))).toMatchObject({ result: 'taken', held: 1 });
    expect(await payments()).toMatchObject([{ state: 'cleared', recalled: true, amountMinor: minor }]);
    expect(await openOf(invoice)).toBe(0n);
    const { rows } = await client.incidents.list({ limit: 50 });
    expect(rows.map(({ kind }) => kind)).toContain('instant.recall');
  });

  test('a rejection is noted, and moves nothing: the account has the money', async () => {
    const { told, book, payments, amount, keys, openOf, invoice, proof } = await opened();
    await submit(pacs008(told));
    await book([{ amount, endToEndId: keys.endToEndId }]);
    expect(await submit(pacs002(keys))).toMatchObject({ result: 'taken', reopened: 0 });
    const [payment] = await payments();
    expect(payment).toMatchObject({ state: 'cleared' });
    expect(await openOf(invoice)).toBe(0n);
    const { events } = await client.instant.payment({ paymentId: payment!.id });
    expect(events.map(({ action }) => action)).toContain('rejected-though-booked');
    expect(await proof()).toMatchObject({ unexplainedMinor: 0n, inTransitMinor: 0n });
  });
});

describe('a statement', () => {
  test('with two lines of one end-to-end id: the first is the payment, the second is for people', async () => {
    const { told, book, payments, amount, keys, minor, proof, position } = await opened();
    await submit(pacs008(told));
    const line = { amount, endToEndId: keys.endToEndId };
    await book([line, line]);
    await client.reconciliation.run();
    expect(await payments()).toMatchObject([{ state: 'cleared' }]);
    expect(await position()).toMatchObject({ bookedMinor: 2n * minor, inTransitMinor: 0n });
    const { rows } = await client.reconciliation.queue({ limit: 200 });
    const mine = rows.filter(({ amountMinor }) => amountMinor === minor);
    expect(mine.map(({ status }) => status).sort()).toEqual(['auto', 'unmatched']);
    expect(await proof()).toMatchObject({ unexplainedMinor: 0n });
  });

  test('that comes after the deadline ends the break', async () => {
    const { told, book, payments, amount, keys, minor, breaks } = await opened();
    // A Friday: two business days later is the end of Tuesday.
    await submit(pacs008(told));
    expect((await payments())[0]!.dueAtMs).toBe(Date.parse('2026-11-25T00:00:00Z'));
    clock.advance(5 * DAY_MS);
    expect(await breaks()).toEqual([['pre-post', minor]]);
    await book([{ amount, endToEndId: keys.endToEndId }]);
    expect(await breaks()).toEqual([]);
    expect(await payments()).toMatchObject([{ state: 'cleared' }]);
    clock.advance(-5 * DAY_MS);
  });

  test('with one line for two payments is for people, who undo both and match the line', async () => {
    const { told, book, payments, other, second, invoice, minor, otherMinor, iban, proof, position } =
      await opened();
    const with2 = { amount: other, text: second, debtor: NORD, account: iban, keys: { endToEndId: 'B' } };
    await submit(pacs008(told));
    await submit(pacs008(with2));
    const both = minor + otherMinor;
    await book([{ amount: `${both / 100n}.${both % 100n}`, name: 'Collective booking', text: '2 payments' }]);
    await client.reconciliation.run();
    // Nothing is guessed, and nothing is there twice: both wait for lines that will not come.
    expect((await payments()).map(({ state }) => state)).toEqual(['pre-posted', 'pre-posted']);
    expect(await proof()).toMatchObject({ unexplainedMinor: 0n, inTransitMinor: both });
    for (const { id } of await payments()) await client.reconciliation.undo({ bankTransactionId: id });
    const { rows } = await client.reconciliation.queue({ limit: 200 });
    const line = rows.find(({ amountMinor }) => amountMinor === both)!;
    const allocations = await Promise.all(
      [invoice, second].map(async (invoiceNumber) => {
        const { id, openMinor } = await itemOf(invoiceNumber);
        return { openItemId: id, allocatedMinor: openMinor, discountMinor: 0n, chargesMinor: 0n };
      }),
    );
    await client.reconciliation.confirm({ bankTransactionId: line.id, allocations });
    await client.reconciliation.run();
    expect(await proof()).toMatchObject({ unexplainedMinor: 0n, inTransitMinor: 0n });
    expect(await position()).toMatchObject({ bookedMinor: both, inTransitMinor: 0n });
  });

  test.each(['UETR', "bank's reference"])('with less than the message told, known by the %s', async (by) => {
    const { told, book, payments, minor, keys, uetr, iban, proof, position } = await opened();
    await submit(pacs008(told));
    const servicerReference = `ASR-${iban}`;
    await submit(
      camt054({
        ...told,
        keys: { endToEndId: keys.endToEndId, accountServicerReference: servicerReference },
      }),
    );
    const left = `${(minor - 250n) / 100n}.${(minor - 250n) % 100n}`;
    await book([{ amount: left, ...(by === 'UETR' ? { uetr, servicerReference } : { servicerReference }) }]);
    expect(await payments()).toMatchObject([
      { state: 'cleared', transitMinor: 0n, notes: ['amount-differs'] },
    ]);
    await client.reconciliation.run();
    expect(await position()).toMatchObject({ bookedMinor: minor - 250n, inTransitMinor: 0n });
    expect(await proof()).toMatchObject({ unexplainedMinor: 0n, inTransitMinor: 0n });
    // What a person decided of the payment is held as far as the money goes.
    const [payment] = await payments();
    const { line } = await client.instant.payment({ paymentId: payment!.id });
    expect(line).toMatchObject({ amountMinor: minor - 250n });
  });

  test('with less than a person has matched takes the rest off the last item', async () => {
    const { told, book, payments, minor, uetr, openOf, invoice, proof } = await opened();
    await submit(pacs008(told));
    const [payment] = await payments();
    await client.reconciliation.confirm({ bankTransactionId: payment!.id });
    const left = `${(minor - 250n) / 100n}.${(minor - 250n) % 100n}`;
    await book([{ amount: left, uetr }]);
    await client.reconciliation.run();
    expect(await payments()).toMatchObject([{ state: 'cleared', status: 'confirmed' }]);
    expect(await openOf(invoice)).toBe(250n);
    expect(await proof()).toMatchObject({ unexplainedMinor: 0n, inTransitMinor: 0n });
  });
});

describe('a message', () => {
  test('of an account that is not known waits as a dead letter until a statement names it', async () => {
    cases += 1;
    const iban = ibanOf(cases);
    const told = pacs008({ amount: '77.01', text: 'hello', keys: { endToEndId: 'U-1' }, account: iban });
    const refused = await submit(told);
    expect(refused).toMatchObject({ result: 'dead-lettered', code: 'INSTANT_ACCOUNT_UNKNOWN' });
    expect(await client.connectors.retry({ id: refused.deadLetterId! })).toMatchObject({
      result: 'dead-lettered',
    });
    await bring('known.xml', camt053({ id: 'K', date: '2026-11-19', openingMinor: 0n, lines: [], iban }).xml);
    expect(await client.connectors.retry({ id: refused.deadLetterId! })).toMatchObject({
      ...{ result: 'taken', received: 1 },
    });
    expect(await client.connectors.deadLetter({ id: refused.deadLetterId! })).toMatchObject({
      state: 'taken',
    });
  });

  test('in another currency than its account is refused, and says which account it looked for', async () => {
    const { told, payments } = await opened();
    expect(await submit(pacs008({ ...told, currency: 'USD' }))).toMatchObject({
      ...{ result: 'dead-lettered', code: 'INSTANT_ACCOUNT_UNKNOWN' },
      path: expect.stringMatching(/CdtTrfTxInf/),
    });
    expect(await payments()).toEqual([]);
  });

  test('whose id its sender used for something else is a dead letter of a stable code', async () => {
    const { told, payments } = await opened();
    await submit(pacs008(told, `ID-${cases}`));
    expect(await submit(pacs008({ ...told, amount: '1.00' }, `ID-${cases}`))).toMatchObject({
      ...{ result: 'dead-lettered', code: 'INSTANT_MESSAGE_REUSED', path: 'MsgId' },
    });
    expect(await submit(pacs008(told, `ID-${cases}`))).toMatchObject({ result: 'duplicate' });
    expect(await payments()).toHaveLength(1);
  });

  test('that takes a return back is a dead letter for people', async () => {
    const { told, keys, amount } = await opened();
    await submit(pacs008(told));
    const back = pacs004(keys, amount);
    const item = { ...back.items[0]!, keys: { transactionId: `RTR-${cases}` } } as (typeof back.items)[0];
    await submit({ ...back, items: [item] });
    expect(await submit(pacs004({ transactionId: `RTR-${cases}` }, amount))).toMatchObject({
      ...{ result: 'dead-lettered', code: 'INSTANT_RETURN_OF_RETURN' },
    });
  });
});

describe('a clock that jumps', () => {
  test('back over a deadline tells nothing twice, and the break waits for its day', async () => {
    const { told, book, payments, breaks, minor, amount, keys } = await opened();
    await submit(pacs008(told));
    clock.advance(6 * DAY_MS);
    expect(await breaks()).toEqual([['pre-post', minor]]);
    clock.advance(-6 * DAY_MS);
    expect(await breaks()).toEqual([]);
    const { rows } = await client.instant.openPrePosts({ limit: 50, overdueOnly: true });
    expect(rows).toEqual([]);
    clock.advance(6 * DAY_MS);
    expect(await breaks()).toEqual([['pre-post', minor]]);
    await book([{ amount, endToEndId: keys.endToEndId }]);
    expect(await breaks()).toEqual([]);
    expect(await payments()).toMatchObject([{ state: 'cleared' }]);
    clock.advance(-6 * DAY_MS);
  });

  test('back a day while messages come loses none of them', async () => {
    const { told, payments, iban, other, second, position } = await opened();
    clock.advance(DAY_MS);
    await submit(pacs008(told));
    clock.advance(-2 * DAY_MS);
    const early = { amount: other, text: second, debtor: NORD, account: iban, date: '2026-11-19' };
    await submit(pacs008({ ...early, keys: { endToEndId: 'C-1' } }));
    clock.advance(2 * DAY_MS);
    const third = { amount: '5.00', debtor: MUSTER, account: iban, keys: { endToEndId: 'C-2' } };
    await submit(pacs008(third));
    clock.advance(-DAY_MS);
    expect(await payments()).toHaveLength(3);

    expect((await position()).inTransitMinor).toBeGreaterThan(0n);
  });
});
