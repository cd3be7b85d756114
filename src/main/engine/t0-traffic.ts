/**
 * Invented traffic of instant rails: a bank's customers with what they owe, single messages that pay it,
 * repeat, take back or make no sense, and the statements that confirm them at the end of the day. All of
 * it follows from a seed.
 */
import { dateOfMs, type IsoDate } from '../base/index.ts';
import { makeIban, type RailId, type WrittenEnvelope, writeInstant } from '../messages/index.ts';
import { type DayLine, openingStatement, statementOfDay } from './t0-statements.ts';

export interface TrafficOptions {
  readonly seed: number;
  readonly nowMs: number;
  /** Invoices that may be paid, each once. */
  readonly openItems: number;
  readonly customers?: number;
  /** Nothing but payments that name their invoice, for measurements: nothing is remembered of them. */
  readonly plain?: boolean;
}

export type Intent = 'pays' | 'unknown' | 'duplicate' | 'return' | 'poison';

export interface TrafficMessage {
  readonly bytes: Buffer;
  readonly intent: Intent;
}

export interface TrafficFile {
  readonly name: string;
  readonly text: string;
}

export interface Traffic {
  /** Customers, invoices, and a statement of the day before that names the own accounts. */
  readonly files: readonly TrafficFile[];
  /** Throws where every invoice was paid. */
  next(): TrafficMessage;
  /** What the banks book of it; some lines are missing, and come tomorrow. */
  statements(): TrafficFile[];
}

interface OwnAccount {
  readonly currency: string;
  readonly account: { readonly iban: string } | { readonly other: string };
  readonly rails: readonly RailId[];
}

const OWN: readonly OwnAccount[] = [
  { currency: 'EUR', account: { iban: makeIban('DE', '120300000000202051') }, rails: ['sepa-instant'] },
  { currency: 'USD', account: { other: '40012233445566' }, rails: ['fednow', 'rtp'] },
  { currency: 'GBP', account: { iban: makeIban('GB', 'BANK20201512345678') }, rails: ['faster-payments'] },
];
const ENVELOPES: Partial<Record<RailId, WrittenEnvelope>> = { fednow: 'fednow', rtp: 'rtp' };

/** Shares of a hundred messages; the rest pays. */
const SHARES: readonly [Intent, number][] = [
  ['unknown', 8],
  ['duplicate', 4],
  ['return', 3],
  ['poison', 3],
];

const FIRST = [
  'Alder',
  'Birke',
  'Cedro',
  'Dorn',
  'Esche',
  'Fjord',
  'Granit',
  'Hafen',
  'Ilex',
  'Jura',
  'Kiefer',
];
const SECOND = [
  'Werke',
  'Handel',
  'Logistik',
  'Technik',
  'Textil',
  'Energie',
  'Optik',
  'Druck',
  'Papier',
  'Glas',
];
const FORMS = ['GmbH', 'AG', 'Ltd', 'S.A.', 'B.V.'];

/** Whole numbers below a bound, from a seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Customer {
  readonly id: string;
  readonly name: string;
  readonly iban: string;
}

interface Invoice {
  readonly number: string;
  readonly customer: Customer;
  readonly own: OwnAccount;
  readonly amountMinor: bigint;
}

const decimal = (minor: bigint) => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;

function makeWorld(
  { openItems, customers = Math.max(20, Math.ceil(openItems / 20)) }: TrafficOptions,
  random: Random,
) {
  const people: Customer[] = Array.from({ length: customers }, (_, n) => ({
    id: `C${10_000 + n}`,
    name: `${FIRST[n % 11]}${SECOND[Math.floor(n / 11) % 10]?.toLowerCase()} ${1_000 + n} ${FORMS[n % 5]}`,
    iban: makeIban('DE', String(370_400_440_000_000_000n + BigInt(n))),
  }));
  const invoices: Invoice[] = Array.from({ length: openItems }, (_, n) => ({
    number: `INV-${700_000 + n}`,
    customer: people[random(people.length)]!,
    own: OWN[n % 10 < 6 ? 0 : n % 10 < 9 ? 1 : 2]!,
    amountMinor: BigInt(1_000 + random(4_000_000)),
  }));
  return { people, invoices };
}

type Random = (below: number) => number;

function listsOf({ people, invoices }: ReturnType<typeof makeWorld>, today: IsoDate): TrafficFile[] {
  const customers = people.map(({ id, name, iban }) => `${id},${name},DE,${iban},`);
  const items = invoices.map(
    ({ number, customer, own, amountMinor }) =>
      `${number},${customer.id},invoice,${today},${today},${own.currency},${decimal(amountMinor)},,,`,
  );
  return [
    { name: 'customers.csv', text: `customer_id,name,country,ibans,aliases\n${customers.join('\n')}\n` },
    {
      name: 'invoices.csv',
      text: `invoice_number,customer_id,kind,issued_on,due_on,currency,amount,structured_reference,discount_percent,discount_until\n${items.join('\n')}\n`,
    },
  ];
}

/** What a payment is known by again, from its number. */
function keysOf(n: number) {
  const hex = n.toString(16).padStart(12, '0');
  return { endToEndId: `E2E-${n}`, uetr: `5e5e0000-7000-4000-8000-${hex}`, instructionId: `IN-${n}` };
}

const POISON: readonly ((text: string) => string)[] = [
  (text) => text.slice(0, Math.floor(text.length / 2)),
  (text) => text.replace(/"IntrBkSttlmAmt":\{[^}]*\}|<IntrBkSttlmAmt[^>]*>[^<]*/, ''),
  (text) => text.replace(/pacs\.008\.001\.08/g, 'pain.001.001.09'),
  (text) => text.replace(/"(EUR|USD|GBP)"/g, '"XQX"'),
  () => 'hello, is this the queue?',
];

export function createTraffic(options: TrafficOptions): Traffic {
  const random = randomOf(options.seed);
  const today = dateOfMs(options.nowMs);
  const yesterday = dateOfMs(options.nowMs - 86_400_000);
  const world = makeWorld(options, random);
  const createdAt = `${today}T00:00:00Z`;
  const sent: Buffer[] = [];
  const paid: { n: number; invoice: Invoice; rail: RailId; returned: boolean; line: DayLine }[] = [];
  const lines = new Map<OwnAccount, DayLine[]>(OWN.map((own) => [own, []]));
  let messages = 0;
  let payments = 0;
  /** Invoices that were paid. */
  let settled = 0;

  function write(
    own: OwnAccount,
    rail: RailId,
    item: Parameters<typeof writeInstant>[0]['items'][number],
  ): string {
    messages += 1;
    const kind = item.kind === 'return' ? 'pacs.004' : 'pacs.008';
    const head = {
      kind,
      messageId: `MSG-${own.currency}-${messages}`,
      createdAt,
      rail,
      items: [item],
    } as const;
    return writeInstant(head, messages % 2 === 0 ? 'json' : 'xml', ENVELOPES[rail]);
  }

  function payment(own: OwnAccount, amountMinor: bigint, debtor: Omit<Customer, 'id'>, text: string) {
    payments += 1;
    const n = payments;
    const rail = own.rails[n % own.rails.length]!;
    const keys = keysOf(n);
    const account = 'iban' in own.account ? own.account.iban : own.account.other;
    const message = write(own, rail, {
      kind: 'payment',
      accounts: [{ account: own.account, direction: 'credit' }],
      transaction: {
        ...{ amountMinor, currency: own.currency, direction: 'credit', status: 'booked', reversal: false },
        ...{ bookingDate: today, valueDate: today, ...keys },
        debtor: { name: debtor.name, account: debtor.iban, country: 'DE' },
        creditor: { name: 'Demo Treasury', account },
        remittance: { unstructured: [text], structured: [] },
      },
    });
    const line: DayLine = {
      signedMinor: amountMinor,
      name: debtor.name,
      account: debtor.iban,
      text,
      ...keys,
    };
    return { n, rail, message, line };
  }

  function pays(): string {
    const invoice = world.invoices[settled];
    if (invoice === undefined) throw new Error('traffic: every invoice was paid');
    settled += 1;
    const { own, amountMinor, customer, number } = invoice;
    const made = payment(own, amountMinor, customer, `Invoice ${number}`);
    if (options.plain === true) return made.message;
    paid.push({ n: made.n, invoice, rail: made.rail, returned: false, line: made.line });
    lines.get(own)!.push(made.line);
    return made.message;
  }

  function unknown(): string {
    const own = OWN[random(OWN.length)]!;
    const n = random(1_000_000);
    const nobody = {
      name: `Nobody ${n} Trading`,
      iban: makeIban('FR', String(30_006_000_000_000_000_000_000n + BigInt(n)).slice(0, 23)),
    };
    const made = payment(own, BigInt(5_000_100 + n), nobody, `thanks ${n}`);
    lines.get(own)!.push(made.line);
    return made.message;
  }

  function returned(): string | undefined {
    const one = paid[random(Math.max(1, paid.length - 20))];
    if (paid.length < 40 || one === undefined || one.returned) return undefined;
    one.returned = true;
    const { own, amountMinor, customer } = one.invoice;
    const keys = { transactionId: `RTR-${one.n}` };
    lines.get(own)!.push({
      ...{ signedMinor: -amountMinor, name: customer.name, account: customer.iban },
      ...{ text: `Return of E2E-${one.n}`, endToEndId: `E2E-${one.n}`, transactionId: keys.transactionId },
    });
    return write(own, one.rail, {
      ...{ kind: 'return', original: keysOf(one.n), keys, reason: 'AC04', settlementDate: today },
      returned: { amountMinor, currency: own.currency },
    });
  }

  function poison(): string {
    const own = OWN[random(OWN.length)]!;
    const before = payments;
    const text = payment(own, 100n, world.people[0]!, 'poison').message;
    payments = before;
    return POISON[random(POISON.length)]!(text);
  }

  function pick(): Intent {
    if (options.plain === true) return 'pays';
    let roll = random(100);
    for (const [intent, share] of SHARES) {
      if (roll < share) return intent;
      roll -= share;
    }
    return 'pays';
  }

  function next(): TrafficMessage {
    const wanted = pick();
    if (wanted === 'duplicate' && sent.length > 0) {
      return { bytes: sent[random(sent.length)]!, intent: 'duplicate' };
    }
    if (wanted === 'poison') return { bytes: Buffer.from(poison()), intent: 'poison' };
    const back = wanted === 'return' ? returned() : undefined;
    if (back !== undefined) return { bytes: Buffer.from(back), intent: 'return' };
    const intent = wanted === 'unknown' ? wanted : 'pays';
    const bytes = Buffer.from(intent === 'unknown' ? unknown() : pays());
    // What may come again is among the last few hundred, as with a sender that lost an answer.
    if (options.plain !== true && sent.push(bytes) > 500) sent.shift();
    return { bytes, intent };
  }

  return {
    files: [
      ...listsOf(world, yesterday),
      ...OWN.map((own) => openingStatement(own.account, own.currency, yesterday)),
    ],
    next,
    statements: () =>
      OWN.map((own) => {
        // One line in fifteen comes tomorrow; a return whose payment is not shown is not shown either.
        const all = lines.get(own)!;
        const late = new Set(all.filter((_, at) => at % 15 === 7).map(({ endToEndId }) => endToEndId));
        const shown = all.filter(({ endToEndId }) => !late.has(endToEndId));
        return statementOfDay(own.account, own.currency, today, shown);
      }),
  };
}
