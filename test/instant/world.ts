/**
 * A day of a bank account, made from a seed: messages in real bytes, statements and people's decisions, and what
 * the books must say when all of it is through, in whatever order and however often it was cut.
 */
import { isCountersignError, silentLogger } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { type Console, openConsole } from '../../src/main/engine/console.ts';
import { createFeed, createJobs } from '../../src/main/jobs/index.ts';
import type { InstantMessage } from '../../src/main/messages/index.ts';
import type { Vault } from '../../src/main/vault/index.ts';
import { analyst, CUSTOMERS, camt053, INVOICE_HEADER, type LineOptions } from '../reconciliation/support.ts';
import { inChunks } from '../support/desks.ts';
import {
  bytesOf,
  camt054,
  camt056,
  MUSTER,
  NORD,
  type PaymentOptions,
  pacs002,
  pacs004,
  pacs008,
  takenBack,
  untilReady,
} from './support.ts';

/** What a person decides, once whatever is to be decided stands in the queue. */
interface Decision {
  readonly kind: 'by-hand' | 'undo';
  readonly amount: string;
  readonly invoiceNumber: string;
}

export interface World {
  readonly seed: number;
  readonly invoices: string;
  /** In their natural order. */
  readonly messages: readonly Buffer[];
  readonly statements: readonly { readonly name: string; readonly xml: string }[];
  readonly decisions: readonly Decision[];
}

/** Numbers from 0 up to 1, the same for a seed every time. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const rest = [...items];
  const order: T[] = [];
  while (rest.length > 0) order.push(...rest.splice(Math.floor(next() * rest.length), 1));
  return order;
}

const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));
const decimal = (minor: bigint): string => `${minor / 100n}.${(minor % 100n).toString().padStart(2, '0')}`;
const STRANGER = { name: 'Somebody Else' };
/** When all of it comes: the second statement is there, and nothing is overdue. */
export const NOON = Date.parse('2026-11-23T12:00:00Z');
const [FIRST_DAY, SECOND_DAY] = ['2026-11-20', '2026-11-23'];

/** Every way of a payment that the issue speaks of, once each, with amounts and references of the seed. */
export function makeWorld(seed: number): World {
  const next = dice(seed);
  const messages: InstantMessage[] = [];
  const first: LineOptions[] = [];
  const second: LineOptions[] = [];
  const decisions: Decision[] = [];
  const invoices: string[] = [];
  let count = 0;
  /** One payment with an invoice of its own. */
  function open(debtor = MUSTER) {
    count += 1;
    const amount = decimal(BigInt(10_000 + count * 20_000 + Math.floor(next() * 19_000)));
    const invoiceNumber = `INV-2026-${2000 + count}`;
    const customer = debtor === NORD ? 'C2' : 'C1';
    invoices.push(`${invoiceNumber},${customer},invoice,2026-10-01,2026-10-31,EUR,${amount},,,`);
    const uetr = `8a562c67-ca16-48ba-b074-${(seed * 100 + count).toString(16).padStart(12, '0')}`;
    const keys = { uetr, endToEndId: `E-${seed}-${count}` };
    const told: PaymentOptions = { amount, text: invoiceNumber, debtor, keys };
    return { amount, invoiceNumber, uetr, endToEndId: keys.endToEndId, keys, told };
  }
  const id = (name: string) => `${seed}-${count}-${name}`;

  const plain = open();
  messages.push(pacs008(plain.told, id('a')), pacs002(plain.keys, 'ACSC', id('b')));
  first.push({ amount: plain.amount, endToEndId: plain.endToEndId });

  const notified = open(NORD);
  const notice = { endToEndId: notified.endToEndId, accountServicerReference: `A-${count}` };
  messages.push(pacs008(notified.told, id('a')), camt054({ ...notified.told, keys: notice }, id('b')));
  first.push({ amount: notified.amount, servicerReference: `A-${count}` });

  const apart = open();
  const bank = { accountServicerReference: `A-${count}` };
  messages.push(
    pacs008({ ...apart.told, keys: { uetr: apart.uetr } }, id('a')),
    camt054({ amount: apart.amount, keys: bank }, id('b')),
    camt054({ amount: apart.amount, keys: { ...apart.keys, ...bank } }, id('c')),
  );
  first.push({ amount: apart.amount, servicerReference: `A-${count}` });

  // The bank loses every reference of this one.
  const lost = open(NORD);
  messages.push(pacs008(lost.told, id('a')));
  first.push({ amount: lost.amount, name: NORD.name, text: lost.invoiceNumber });

  const returned = open();
  messages.push(
    pacs008(returned.told, id('a')),
    pacs004(returned.keys, returned.amount, id('b')),
    takenBack(
      returned.amount,
      { endToEndId: returned.endToEndId, accountServicerReference: `R-${count}` },
      id('c'),
    ),
  );
  first.push({ amount: returned.amount, endToEndId: returned.endToEndId });
  second.push({ amount: returned.amount, direction: 'debit', endToEndId: returned.endToEndId });

  const inPart = open(NORD);
  messages.push(pacs008(inPart.told, id('a')), pacs004(inPart.keys, '40.00', id('b')));
  first.push({ amount: inPart.amount, endToEndId: inPart.endToEndId });
  second.push({ amount: '40.00', direction: 'debit', endToEndId: inPart.endToEndId });

  const rejected = open();
  messages.push(pacs008(rejected.told, id('a')), pacs002(rejected.keys, 'RJCT', id('b')));

  const unconfirmed = open(NORD);
  messages.push(pacs008(unconfirmed.told, id('a')), camt056(unconfirmed.keys, id('b')));

  const untold = open();
  messages.push(pacs008(untold.told, id('a')));
  first.push({ amount: untold.amount, endToEndId: untold.endToEndId });
  second.push({
    ...{ amount: untold.amount, direction: 'debit', endToEndId: untold.endToEndId, returnReason: 'AC04' },
  });

  const byHand = open();
  messages.push(pacs008({ amount: byHand.amount, debtor: STRANGER, keys: byHand.keys }, id('a')));
  first.push({ amount: byHand.amount, endToEndId: byHand.endToEndId, name: STRANGER.name });
  decisions.push({ kind: 'by-hand', amount: byHand.amount, invoiceNumber: byHand.invoiceNumber });

  const undone = open();
  messages.push(pacs008(undone.told, id('a')));
  first.push({ amount: undone.amount, endToEndId: undone.endToEndId, text: undone.invoiceNumber });
  decisions.push({ kind: 'undo', amount: undone.amount, invoiceNumber: undone.invoiceNumber });

  const lineOnly = open(NORD);
  first.push({ amount: lineOnly.amount, name: NORD.name, text: lineOnly.invoiceNumber });

  const lineByHand = open();
  first.push({ amount: lineByHand.amount, name: STRANGER.name, text: 'thank you' });
  decisions.push({ kind: 'by-hand', amount: lineByHand.amount, invoiceNumber: lineByHand.invoiceNumber });

  const one = camt053({ id: `S1-${seed}`, date: FIRST_DAY!, openingMinor: 0n, lines: shuffled(first, next) });
  const opening = { openingMinor: one.closingMinor };
  const two = camt053({ id: `S2-${seed}`, date: SECOND_DAY!, ...opening, lines: shuffled(second, next) });
  return {
    seed,
    invoices: `${INVOICE_HEADER}${invoices.join('\n')}\n`,
    messages: messages.map((message) => bytesOf(message, next() < 0.5 ? 'json' : 'xml')),
    statements: [
      { name: 's1.xml', xml: one.xml },
      { name: 's2.xml', xml: two.xml },
    ],
    decisions,
  };
}

/** The console of a vault, as a program that stays open has it; nothing beside it is started. */
export async function openWorld(vault: Vault): Promise<Console> {
  const feed = createFeed();
  const { runtime } = vault;
  const jobs = createJobs({ runtime, feed });
  return openConsole({ vault, runtime, log: silentLogger, metrics: createMetrics(), jobs, feed });
}

/** Customers, invoices and a first statement, by which the account is known. */
export async function prepare(console: Console, world: World): Promise<void> {
  await bring(console, 'customers.csv', CUSTOMERS);
  await bring(console, 'invoices.csv', world.invoices);
  await bring(console, 's0.xml', camt053({ id: 'S0', date: '2026-11-19', openingMinor: 0n, lines: [] }).xml);
}

/** Whatever a fault of the surroundings stops is tried again, as whoever brought it does. */
async function untilDone(work: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    try {
      if (await work()) return;
    } catch (error) {
      if (!isFault(error)) throw error;
    }
    await new Promise((done) => setImmediate(done));
  }
  throw new Error('what was tried again and again was never done');
}

/** What a person or an importer meets while others are at work, or while the disk is full. */
const isFault = (error: unknown): boolean =>
  isCountersignError(error) && /^(VAULT_|MATCH_|TRANSACTION_|INSTANT_NOT_READY)/.test(error.code);

async function bring(console: Console, fileName: string, text: string): Promise<void> {
  await untilDone(async () => {
    const source = inChunks(Buffer.from(text));
    const { outcome, code } = await console.intake.importStream({ fileName, source }, analyst);
    if (outcome === 'refused' && !/^VAULT_/.test(code ?? '')) throw new Error(`${fileName}: ${code}`);
    return outcome !== 'refused';
  });
}

async function send(console: Console, bytes: Buffer, source: string): Promise<void> {
  await untilDone(async () => {
    const { result, code } = await console.connectors.submit({ bytes, source, caller: analyst });
    if (result === 'dead-lettered') throw new Error(`a message was refused: ${code}`);
    return true;
  });
}

/** A person decides when it can be decided; true when it is decided. */
function decide(console: Console, { kind, amount, invoiceNumber }: Decision): boolean {
  const { reconciliation, receivables } = console;
  const row = reconciliation
    .queue({ limit: 200 })
    .rows.find((one) => one.amountMinor === cents(amount) && one.direction === 'credit');
  if (row === undefined) return false;
  if (kind === 'by-hand') {
    if (row.status === 'confirmed') return true;
    const openItemId = receivables.openItemByNumber(invoiceNumber).id.toString();
    const all = { openItemId, allocatedMinor: cents(amount), discountMinor: 0n, chargesMinor: 0n };
    reconciliation.confirm({ bankTransactionId: row.id, allocations: [all] }, analyst);
    return true;
  }
  const { history } = reconciliation.item(row.id);
  if (history.some(({ action }) => action.startsWith('person.undo'))) return true;
  if (row.status !== 'auto') return false;
  reconciliation.undo({ bankTransactionId: row.id }, analyst);
  return true;
}

/** Everything one after the other, as on a quiet day. */
export async function inOrder(console: Console, world: World): Promise<void> {
  await untilReady(console);
  for (const bytes of world.messages) await send(console, bytes, 'stdin');
  for (const { name, xml } of world.statements) await bring(console, name, xml);
  await console.reconciliation.run(analyst);
  for (const decision of world.decisions) await untilDone(() => decide(console, decision));
  await console.reconciliation.run(analyst);
  await console.breaks.sweep();
}

const WAYS_IN = ['folder', 'http', 'stdin', 'nats'] as const;

/** Everything at once: four ways in, statements, people, runs of the machine and the sweep of breaks. */
export async function atOnce(console: Console, world: World, next: () => number): Promise<void> {
  const twice = world.messages.flatMap((bytes) => (next() < 0.3 ? [bytes, bytes] : [bytes]));
  const order = shuffled(twice, next);
  const pause = async (most: number) => {
    for (let left = Math.floor(next() * most); left > 0; left -= 1)
      await new Promise((done) => setImmediate(done));
  };
  let isOver = false;
  const lanes = WAYS_IN.map(async (source, lane) => {
    for (const bytes of order.filter((_, at) => at % WAYS_IN.length === lane)) {
      await pause(6);
      await send(console, bytes, source);
    }
  });
  const files = shuffled(world.statements, next).map(async ({ name, xml }) => {
    await pause(80);
    await bring(console, name, xml);
  });
  const machine = async () => {
    while (!isOver) {
      await pause(40);
      await untilDone(() => console.reconciliation.run(analyst).then(() => true));
      await untilDone(() => console.breaks.sweep().then(() => true));
    }
  };
  const running = machine();
  // A person of the desk decides as soon as it stands there; the machine's runs let it.
  const people = world.decisions.map(async (decision) => {
    await pause(60);
    while (!isOver && !(await tried(() => decide(console, decision)))) await pause(6);
  });
  await Promise.all([...lanes, ...files]);
  await untilDone(() => console.reconciliation.run(analyst).then(() => true));
  isOver = true;
  await Promise.all([running, ...people]);
  for (const decision of world.decisions) await untilDone(() => decide(console, decision));
  await untilDone(() => console.reconciliation.run(analyst).then(() => true));
  await untilDone(() => console.breaks.sweep().then(() => true));
}

async function tried(work: () => boolean): Promise<boolean> {
  try {
    return work();
  } catch (error) {
    if (isFault(error)) return false;
    throw error;
  }
}

/** What must be the same, whatever happened on the way. */
export function standing(console: Console): unknown {
  const { ledger, reconciliation, instant, receivables, breaks } = console;
  const { rows } = ledger.trialBalance();
  return {
    accounts: rows
      .filter(({ balanceMinor }) => balanceMinor !== 0n)
      .map(({ name, balanceMinor }) => `${name} ${balanceMinor}`)
      .sort(),
    matches: reconciliation
      .matches({ limit: 200 })
      .rows.map(({ amount, direction, status, items }) => JSON.stringify([amount, direction, status, items]))
      .sort(),
    counts: JSON.stringify(reconciliation.counts()),
    payments: instant
      .payments({ limit: 200 })
      .rows.map((row) => `${row.amountMinor} ${row.returnedMinor} ${row.transitMinor} ${row.state}`)
      .sort(),
    items: receivables
      .openItems({ limit: 200 })
      .rows.map(({ invoiceNumber, openMinor }) => `${invoiceNumber} ${openMinor}`)
      .sort(),
    breaks: breaks
      .list({ limit: 200, status: 'standing' }, analyst.actor)
      .rows.map(({ kind, amountMinor }) => `${kind} ${amountMinor}`)
      .sort(),
  };
}

/** What would be wrong whatever the day brought; empty where nothing is. */
export async function wrong(console: Console, world: World): Promise<string[]> {
  const { checks } = await console.verify();
  const findings = checks.flatMap(({ ok, name, findings: told }) => (ok ? [] : [name, ...told]));
  const { compared } = await console.replay(undefined);
  for (const [what, { differences }] of Object.entries(
    compared ?? { nothing: { differences: ['not compared'] } },
  ))
    for (const difference of differences) findings.push(`replay of ${what}: ${JSON.stringify(difference)}`);
  for (const date of [FIRST_DAY!, SECOND_DAY!]) {
    const { unexplainedMinor } = console.breaks.proof('1', date);
    if (unexplainedMinor !== 0n) findings.push(`${unexplainedMinor} of ${date} is not explained`);
  }
  const taken = console.vault.db.prepare<[], bigint>('SELECT count(*) FROM instant_message').pluck().get();
  if (taken !== BigInt(world.messages.length)) findings.push(`${taken} of ${world.messages.length} messages`);
  if (console.connectors.live().deadLettersOpen > 0) findings.push('dead letters');
  return findings;
}
