/**
 * A seeded set of customers, open items and payments with the truth beside them, for measuring the
 * engine in tests. It is written for the classes a treasury desk meets, not for the engine.
 */

import { addDays } from '../../src/main/base/index.ts';
import type { MatchCustomer, MatchItem, MatchTransaction } from '../../src/main/reconciliation/types.ts';

export type PaymentClass =
  | 'iso-structured'
  | 'iso-unstructured'
  | 'third-party'
  | 'typo'
  | 'legacy'
  | 'missing'
  | 'joint'
  | 'part'
  | 'lump'
  | 'discount'
  | 'charges'
  | 'credit-note'
  | 'duplicate'
  | 'nobody'
  | 'look-alike'
  | 'return';

export interface Truth {
  readonly class: PaymentClass;
  /** Open item id → allocated; empty where the payment belongs to nothing. */
  readonly allocations: ReadonlyMap<bigint, bigint>;
}

export interface SyntheticSet {
  readonly customers: MatchCustomer[];
  readonly items: MatchItem[];
  readonly transactions: MatchTransaction[];
  readonly truth: Map<bigint, Truth>;
}

/** A small, fast generator of numbers (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const STEMS =
  'Nordlicht Bergmann Kessler Falken Rheintal Alpina Hansa Borealis Vega Solaris Quarz Linden Müller Schäfer Weiß Grünwald Castellan Dupont Verhoeven Lindqvist Orsini Tanaka Novak Kowalski Ferreira Baltic Meridian Cobalt Saphir Granit Ahorn Birken Eichen Adler Kranich Delphin Otter Marlin Zephyr Orkan Passat Monsun Taifun Atlas Titan Kronos Hermes Apollon Juno Vesta Ceres Pallas Iris Themis Elara Callisto Europa Ganymed'.split(
    ' ',
  );
const TRADES =
  'Maschinenbau Logistik Handel Technik Pharma Textil Druck Elektro Chemie Bau Medien Optik Stahl Papier Energie'.split(
    ' ',
  );
const FORMS = ['GmbH', 'AG', 'GmbH & Co. KG', 'B.V.', 'S.A.', 'Ltd', 'KG', 'S.p.A.', 'AB', 'SE'];

/** How invoices are numbered: `at` counts from 1. */
export const NUMBER_FORMS = {
  'INV-2026-000123': (at: number) => `INV-2026-${String(at).padStart(6, '0')}`,
  '90000123': (at: number) => `${90_000_000 + at}`,
  'R-10123': (at: number) => `R-${10_000 + at}`,
  '2026/0123': (at: number) => `2026/${String(at).padStart(4, '0')}`,
  'F26-0123-A': (at: number) => `F26-${String(at).padStart(4, '0')}-${'ABC'[at % 3]}`,
} as const;

export interface SyntheticOptions {
  readonly numbers?: keyof typeof NUMBER_FORMS;
  readonly seed: number;
  readonly customers: number;
  readonly items: number;
  readonly transactions: number;
}

export function syntheticSet(options: SyntheticOptions): SyntheticSet {
  const random = seeded(options.seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const upTo = (limit: number): number => Math.floor(random() * limit);
  const customers: MatchCustomer[] = [];
  for (let at = 0; at < options.customers; at += 1) {
    // Every twelfth customer is a sister of the one before: same stem, other trade or other form.
    const sister = at % 12 === 11;
    const before = customers[at - 1];
    const name =
      sister && before
        ? sisterName(before.name, pick)
        : `${pick(STEMS)} ${pick(STEMS)} ${pick(TRADES)} ${pick(FORMS)}`;
    customers.push({
      customerId: `C${String(at + 1).padStart(5, '0')}`,
      name,
      aliases: random() < 0.15 ? [name.split(' ').slice(0, 2).join(' ')] : [],
      ibans: [iban(at * 2 + 1), ...(random() < 0.2 ? [iban(at * 2 + 2)] : [])],
    });
  }
  const items: MatchItem[] = [];
  for (let at = 0; at < options.items; at += 1) {
    const customer = customers[upTo(customers.length)]!;
    const issuedOn = addDays('2026-08-01', upTo(80));
    const credit = random() < 0.03;
    const round = random() < 0.12;
    const amountMinor = round
      ? BigInt((1 + upTo(60)) * 25_000)
      : BigInt(5_000 + Math.floor(random() ** 3 * 8_000_000));
    const number = NUMBER_FORMS[options.numbers ?? 'INV-2026-000123'](at + 1);
    const discount = random() < 0.15;
    items.push({
      id: BigInt(at + 1),
      invoiceNumber: credit ? `CN${number.replace(/^[A-Z]+/, '')}` : number,
      customerId: customer.customerId,
      kind: credit ? 'credit_note' : 'invoice',
      issuedOn,
      dueOn: addDays(issuedOn, 30),
      currency: 'EUR',
      amountMinor,
      availableMinor: amountMinor,
      ...(random() < 0.5 ? { structuredReference: rf(`${at + 1}`.padStart(10, '0')) } : {}),
      ...(discount && !credit ? { discountPpm: 20_000, discountUntil: addDays(issuedOn, 10) } : {}),
    });
  }
  return { customers, items, ...payments(options, { random, pick, upTo }, customers, items) };
}

interface Dice {
  readonly random: () => number;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly upTo: (limit: number) => number;
}

const MIX: readonly (readonly [PaymentClass, number])[] = [
  ['iso-structured', 22],
  ['iso-unstructured', 20],
  ['third-party', 5],
  ['typo', 7],
  ['legacy', 8],
  ['missing', 6],
  ['joint', 8],
  ['part', 4],
  ['lump', 4],
  ['discount', 4],
  ['charges', 3],
  ['credit-note', 1],
  ['duplicate', 2],
  ['nobody', 3],
  ['look-alike', 3],
  ['return', 1],
];

function payments(
  options: SyntheticOptions,
  dice: Dice,
  customers: readonly MatchCustomer[],
  items: readonly MatchItem[],
): { transactions: MatchTransaction[]; truth: Map<bigint, Truth> } {
  const { random, pick, upTo } = dice;
  const byCustomer = new Map(customers.map((customer) => [customer.customerId, customer]));
  const free = new Map<string, MatchItem[]>();
  for (const item of items) free.set(item.customerId, [...(free.get(item.customerId) ?? []), item]);
  const queue = [...items].filter((item) => item.kind === 'invoice').sort(() => random() - 0.5);
  const used = new Set<bigint>();
  let head = 0;
  const next = (test: (item: MatchItem) => boolean = () => true): MatchItem | undefined => {
    while (head < queue.length && used.has(queue[head]!.id)) head += 1;
    for (let at = head; at < Math.min(queue.length, head + 2_000); at += 1) {
      const item = queue[at]!;
      if (used.has(item.id) || !test(item)) continue;
      used.add(item.id);
      return item;
    }
    return undefined;
  };
  const more = (first: MatchItem, count: number): MatchItem[] => {
    const others = (free.get(first.customerId) ?? []).filter(
      (item) => item.kind === 'invoice' && !used.has(item.id),
    );
    const taken = others.slice(0, count);
    for (const item of taken) used.add(item.id);
    return [first, ...taken];
  };
  const transactions: MatchTransaction[] = [];
  const truth = new Map<bigint, Truth>();
  const total = MIX.reduce((sum, [, share]) => sum + share, 0);
  const emit = (
    kind: PaymentClass,
    amountMinor: bigint,
    payer: MatchCustomer | undefined,
    day: string,
    text: string[],
    allocations: readonly (readonly [bigint, bigint])[],
    extra: Partial<MatchTransaction> = {},
  ): void => {
    const id = BigInt(transactions.length + 1);
    const account = payer ? pick(payer.ibans) : iban(900_000 + upTo(90_000));
    transactions.push({
      id,
      direction: 'credit',
      amountMinor,
      currency: 'EUR',
      reversal: false,
      bookingDate: day,
      valueDate: day,
      ...(random() < 0.5 ? { endToEndId: `E2E${upTo(1e9)}` } : {}),
      debtor: { name: payer?.name ?? `${pick(STEMS)}er Unbekannt ${upTo(99)}`, account },
      remittance: { unstructured: text, structured: [] },
      ...extra,
    });
    truth.set(id, { class: kind, allocations: new Map(allocations) });
  };
  let guard = options.transactions * 4;
  while (transactions.length < options.transactions && guard > 0) {
    guard -= 1;
    let roll = random() * total;
    const kind = MIX.find(([, share]) => {
      roll -= share;
      return roll < 0;
    })![0];
    onePayment(kind, { dice, next, more, byCustomer, customers, items, emit, used, transactions, free });
  }
  return { transactions, truth };
}

interface Making {
  readonly dice: Dice;
  readonly next: (test?: (item: MatchItem) => boolean) => MatchItem | undefined;
  readonly more: (first: MatchItem, count: number) => MatchItem[];
  readonly byCustomer: ReadonlyMap<string, MatchCustomer>;
  readonly customers: readonly MatchCustomer[];
  readonly items: readonly MatchItem[];
  readonly free: ReadonlyMap<string, MatchItem[]>;
  readonly emit: (
    kind: PaymentClass,
    amountMinor: bigint,
    payer: MatchCustomer | undefined,
    day: string,
    text: string[],
    allocations: readonly (readonly [bigint, bigint])[],
    extra?: Partial<MatchTransaction>,
  ) => void;
  readonly used: Set<bigint>;
  readonly transactions: readonly MatchTransaction[];
}

function onePayment(kind: PaymentClass, making: Making): void {
  const { dice, next, more, byCustomer, emit, used } = making;
  const { random, pick, upTo } = dice;
  const wanted =
    kind === 'iso-structured'
      ? (item: MatchItem) => item.structuredReference !== undefined
      : kind === 'discount'
        ? (item: MatchItem) => item.discountPpm !== undefined
        : () => true;
  if (kind === 'nobody') {
    const payer = random() < 0.3 ? pick(making.customers) : undefined;
    emit(
      kind,
      BigInt(5_000 + upTo(5_000_000)),
      payer,
      addDays('2026-09-01', upTo(60)),
      [pick(['Spende', 'Kaution Objekt 12', 'Vielen Dank', 'Rechnung 99-12345', 'KD 4711'])],
      [],
    );
    return;
  }
  const item = next(wanted);
  if (!item) return;
  const payer = byCustomer.get(item.customerId)!;
  const day = addDays(item.issuedOn, 5 + upTo(40));
  const all: [bigint, bigint][] = [[item.id, item.amountMinor]];
  switch (kind) {
    case 'iso-structured':
      emit(kind, item.amountMinor, payer, day, [], all, {
        remittance: {
          unstructured: [],
          structured: [{ reference: item.structuredReference!, referenceType: 'SCOR' }],
        },
      });
      return;
    case 'iso-unstructured':
      emit(kind, item.amountMinor, payer, day, [freeText(item.invoiceNumber, dice)], all);
      return;
    case 'third-party':
      emit(kind, item.amountMinor, undefined, day, [freeText(item.invoiceNumber, dice)], all, {
        ultimateDebtor: { name: payer.name },
      });
      return;
    case 'typo':
      emit(kind, item.amountMinor, payer, day, [freeText(damage(item.invoiceNumber, dice), dice)], all);
      return;
    case 'legacy': {
      const text = `${freeText(item.invoiceNumber, dice)} ${addDays(item.issuedOn, 0)}`.toUpperCase();
      const lines = text.match(/.{1,27}/g) ?? [text];
      emit(kind, item.amountMinor, payer, day, lines, all, {
        debtor: {
          name: payer.name
            .toUpperCase()
            .replace('Ü', 'UE')
            .replace('Ä', 'AE')
            .replace('ß', 'SS')
            .slice(0, 27),
          account: payer.ibans[0]!,
        },
        bankTransactionCode: '166/NTRF',
      });
      return;
    }
    case 'missing':
      emit(
        kind,
        item.amountMinor,
        payer,
        day,
        [pick(['Rechnung', 'Danke', 'Zahlung', 'invoice payment', ''])].filter((each) => each !== ''),
        all,
      );
      return;
    case 'joint': {
      const items = more(item, 1 + upTo(4));
      const late = latestIssue(items);
      emit(
        kind,
        items.reduce((sum, each) => sum + each.amountMinor, 0n),
        payer,
        addDays(late, 5 + upTo(20)),
        [jointText(items, dice)],
        items.map((each) => [each.id, each.amountMinor]),
      );
      return;
    }
    case 'part': {
      const part = (item.amountMinor * BigInt(20 + upTo(60))) / 100n;
      emit(
        kind,
        part,
        payer,
        day,
        [`${freeText(item.invoiceNumber, dice)} ${pick(['Teilzahlung', 'part payment', '1. Rate', ''])}`],
        [[item.id, part]],
      );
      return;
    }
    case 'lump': {
      const items = more(item, 1 + upTo(4));
      const late = latestIssue(items);
      emit(
        kind,
        items.reduce((sum, each) => sum + each.amountMinor, 0n),
        payer,
        addDays(late, 5 + upTo(20)),
        [pick(['Sammelzahlung', 'diverse Rechnungen', 'lt. Avis'])],
        items.map((each) => [each.id, each.amountMinor]),
      );
      return;
    }
    case 'discount': {
      const discount = (item.amountMinor * BigInt(item.discountPpm!) + 500_000n) / 1_000_000n;
      emit(
        kind,
        item.amountMinor - discount,
        payer,
        addDays(item.discountUntil!, -upTo(5)),
        [`${freeText(item.invoiceNumber, dice)} ${pick(['abzgl. 2% Skonto', '2% discount', ''])}`],
        all,
      );
      return;
    }
    case 'charges': {
      const fee = BigInt(pick([500, 1000, 1250, 2500]));
      if (fee * 20n > item.amountMinor) return;
      const stated = random() < 0.6;
      emit(
        kind,
        item.amountMinor - fee,
        payer,
        day,
        [freeText(item.invoiceNumber, dice)],
        all,
        stated ? { charges: [{ amountMinor: fee, currency: 'EUR', direction: 'debit' }] } : {},
      );
      return;
    }
    case 'credit-note': {
      const note = (making.free.get(item.customerId) ?? []).find(
        (each) => each.kind === 'credit_note' && !used.has(each.id) && each.amountMinor < item.amountMinor,
      );
      if (!note) return;
      used.add(note.id);
      emit(
        kind,
        item.amountMinor - note.amountMinor,
        payer,
        addDays(latestIssue([item, note]), 6),
        [random() < 0.6 ? `${item.invoiceNumber} abzgl. ${note.invoiceNumber}` : item.invoiceNumber],
        [
          [item.id, item.amountMinor],
          [note.id, -note.amountMinor],
        ],
      );
      return;
    }
    case 'duplicate':
      emit('iso-unstructured', item.amountMinor, payer, day, [item.invoiceNumber], all);
      emit(kind, item.amountMinor, payer, addDays(day, 1 + upTo(5)), [item.invoiceNumber], []);
      return;
    case 'return':
      emit(kind, item.amountMinor, payer, day, [item.invoiceNumber], [], { reversal: true });
      return;
    case 'look-alike':
      lookAlike(item, making);
      return;
  }
}

function latestIssue(items: readonly MatchItem[]): string {
  return items
    .map(({ issuedOn }) => issuedOn)
    .sort()
    .at(-1)!;
}

/** Same amount elsewhere, a sister that pays, a number swapped for another valid one. */
function lookAlike(item: MatchItem, making: Making): void {
  const { dice, next, emit, byCustomer, customers } = making;
  const payer = byCustomer.get(item.customerId)!;
  const day = addDays(item.issuedOn, 10);
  const roll = dice.upTo(3);
  if (roll === 0) {
    // A sister of another name pays an amount that one of our items happens to have.
    const at = customers.indexOf(payer);
    const other = customers[at % 12 === 11 ? at - 1 : at + 1] ?? customers[0]!;
    emit('look-alike', item.amountMinor, other, day, ['Zahlung'], []);
    return;
  }
  if (roll === 1) {
    // The text names another customer's valid invoice, the amount and payer say this one.
    const other = next((each) => each.customerId !== item.customerId);
    if (!other) return;
    emit('look-alike', item.amountMinor, payer, day, [other.invoiceNumber], [[item.id, item.amountMinor]]);
    return;
  }
  // Two items of one customer with one amount, paid once and without a reference.
  const twin = next((each) => each.customerId === item.customerId);
  if (!twin) return;
  (twin as { amountMinor: bigint }).amountMinor = item.amountMinor;
  (twin as { availableMinor: bigint }).availableMinor = item.amountMinor;
  emit('look-alike', item.amountMinor, payer, addDays(day, 30), ['Rechnung'], [[item.id, item.amountMinor]]);
}

function freeText(number: string, { pick, random }: Dice): string {
  const written = pick([
    number,
    number.toLowerCase(),
    number.replaceAll('-', ''),
    number.replaceAll('-', ' '),
    number.replaceAll('-', '/'),
    number.replace(/^[A-Z]+-/, ''),
    number.replace(/-0+/, '-'),
    `${number.slice(0, 9)} ${number.slice(9)}`,
  ]);
  const before = pick([
    '',
    'RE ',
    'Rechnung ',
    'Rg.Nr. ',
    'Invoice ',
    'Inv no ',
    'Payment for ',
    'KD 4711 RE ',
  ]);
  const after =
    random() < 0.3 ? pick([' vom 12.09.2026', ' EUR 1.234,56', ' vielen Dank', ' / Kd 88321']) : '';
  return before + written + after;
}

function jointText(items: readonly MatchItem[], { pick }: Dice): string {
  const numbers = items.map((item) => item.invoiceNumber);
  const form = pick(['list', 'plus', 'und', 'glued', 'short']);
  if (form === 'list') return `RE ${numbers.join(', ')}`;
  if (form === 'plus') return numbers.join(' + ');
  if (form === 'und') return `Rechnungen ${numbers.join(' und ')}`;
  if (form === 'glued') return numbers.map((number) => number.replaceAll('-', '')).join('');
  return `RE ${numbers.map((number) => number.replace('INV-', '')).join('; ')}`;
}

/** One digit changed, lost, added or swapped with its neighbour, or a letter in its place. */
function damage(number: string, { upTo, pick }: Dice): string {
  const start = number.search(/\d/);
  const at = start + upTo(number.length - start);
  if (!/\d/.test(number[at]!)) return number.replace('-', '');
  const kind = pick(['change', 'lose', 'add', 'swap', 'ocr']);
  const put = (text: string, length = 1): string => number.slice(0, at) + text + number.slice(at + length);
  if (kind === 'change') return put(String((Number(number[at]) + 1 + upTo(8)) % 10));
  if (kind === 'lose') return put('');
  if (kind === 'add') return put(`${number[at]}${upTo(10)}`);
  if (kind === 'ocr')
    return put({ 0: 'O', 1: 'I', 5: 'S', 8: 'B', 2: 'Z', 6: 'G' }[number[at]!] ?? number[at]!);
  const after = number[at + 1];
  return after !== undefined && /\d/.test(after) ? put(after + number[at]!, 2) : number;
}

function sisterName(name: string, pick: Dice['pick']): string {
  const words = name.split(' ');
  return `${words[0]} ${words[1]} ${pick(TRADES.filter((trade) => trade !== words[2]))} ${pick(FORMS)}`;
}

function iban(number: number): string {
  const bban = `5001051${String(number).padStart(11, '0')}`;
  return `DE${checkDigits(`${bban}131400`)}${bban}`;
}

function rf(body: string): string {
  return `RF${checkDigits(`${body}271500`)}${body}`;
}

function checkDigits(digits: string): string {
  return String(98n - (BigInt(digits) % 97n)).padStart(2, '0');
}
