/**
 * Matching: a seeded set of payments in classes against many open items, by the engine alone and as
 * a run of the desk on an encrypted vault, with the share that was matched and how much of it was wrong.
 */
import { formatAmount } from '../src/contract/money.ts';
import { type EngineResult, engineSteps } from '../src/main/reconciliation/engine.ts';
import {
  analyst,
  camt053,
  INVOICE_HEADER,
  type LineOptions,
  openDesk,
} from '../test/reconciliation/support.ts';
import { type SyntheticSet, syntheticSet } from '../test/reconciliation/synthetic.ts';
import type { BenchFigure, BenchOptions, BenchSection } from './figure.ts';

const SECTION = 'matching';
const SEED = 41;

interface Sizes {
  readonly customers: number;
  readonly items: number;
  readonly transactions: number;
}

const FULL: Sizes = { customers: 5_000, items: 100_000, transactions: 10_000 };
const QUICK: Sizes = { customers: 500, items: 10_000, transactions: 1_500 };

export const benchMatching: BenchSection = async (options) => {
  const sizes = options.quick ? QUICK : FULL;
  options.say(`${sizes.transactions} payments, ${sizes.items} open items, ${sizes.customers} customers`);
  const set = syntheticSet({ seed: SEED, ...sizes });
  return [...engineFigures(set, options), ...(await deskFigures(set, options))];
};

function engineFigures(set: SyntheticSet, { say }: BenchOptions): BenchFigure[] {
  const startMs = performance.now();
  let longestStepMs = 0;
  const steps = engineSteps(set);
  let result: EngineResult | undefined;
  while (!result) {
    const beforeMs = processorMs();
    const step = steps.next();
    longestStepMs = Math.max(longestStepMs, processorMs() - beforeMs);
    if (step.done) result = step.value;
  }
  const seconds = (performance.now() - startMs) / 1000;
  const shares = judge(set, result);
  for (const [name, share] of shares.classes) {
    say(
      `${name}: ${share.count}, matched ${share.auto}, wrong ${share.wrong}, proposed rightly ${share.proposed}`,
    );
  }
  const structured = shares.classes.get('iso-structured')!;
  return [
    { section: SECTION, name: 'engine alone', value: set.transactions.length / seconds, unit: 'payments/s' },
    { section: SECTION, name: 'engine alone, all payments', value: seconds, unit: 's' },
    {
      section: SECTION,
      name: 'longest step of the engine, processor time',
      value: longestStepMs,
      unit: 'ms',
    },
    {
      section: SECTION,
      name: 'ISO structured, matched by itself',
      value: (100 * structured.auto) / structured.count,
      unit: '%',
      goal: { of: 'value', atLeast: 99 },
    },
    {
      section: SECTION,
      name: 'payments with an answer, matched by itself',
      value: (100 * shares.rightOfAnswerable) / shares.answerable,
      unit: '%',
    },
    {
      section: SECTION,
      name: 'false matches',
      value: shares.wrong,
      unit: 'payments',
      goal: { of: 'value', atMost: 0 },
    },
  ];
}

interface Share {
  count: number;
  auto: number;
  wrong: number;
  proposed: number;
}

function judge(set: SyntheticSet, { decisions, items }: EngineResult) {
  const classes = new Map<string, Share>();
  let wrong = 0;
  let answerable = 0;
  let rightOfAnswerable = 0;
  for (const { transactionId, status, explanations } of decisions) {
    const truth = set.truth.get(transactionId)!;
    const share = classes.get(truth.class) ?? { count: 0, auto: 0, wrong: 0, proposed: 0 };
    classes.set(truth.class, share);
    share.count += 1;
    const best = explanations[0]?.explanation.allocations ?? [];
    const isRight =
      best.length === truth.allocations.size &&
      best.every((each) => truth.allocations.get(items[each.itemIndex]!.id) === each.allocatedMinor);
    if (truth.allocations.size > 0) answerable += 1;
    if (status !== 'auto') {
      if (isRight && best.length > 0) share.proposed += 1;
      continue;
    }
    share.auto += 1;
    if (!isRight) {
      share.wrong += 1;
      wrong += 1;
    } else if (truth.allocations.size > 0) rightOfAnswerable += 1;
  }
  return { classes, wrong, answerable, rightOfAnswerable };
}

/** The whole run: read, open, match, post, record, on an encrypted vault. */
async function deskFigures(set: SyntheticSet, { say }: BenchOptions): Promise<BenchFigure[]> {
  const desk = await openDesk({ checkpoints: 'worker' });
  try {
    say('importing');
    await desk.import('customers.csv', customersCsv(set));
    await desk.import('invoices.csv', invoicesCsv(set));
    const { xml } = camt053({ id: 'BENCH', date: '2026-11-19', openingMinor: 0n, lines: linesOf(set) });
    await desk.import('statement.xml', xml);
    say('matching');
    const holds = watchHolds();
    const first = await desk.reconciliation.run(analyst);
    const longestHoldMs = holds.stop();
    const second = await desk.reconciliation.run(analyst);
    const perSecond = first.considered / (first.durationMs / 1000);
    return [
      { section: SECTION, name: 'run on a vault, matched and posted', value: perSecond, unit: 'payments/s' },
      { section: SECTION, name: 'run on a vault, all payments', value: first.durationMs / 1000, unit: 's' },
      { section: SECTION, name: 'run again, nothing new', value: second.durationMs / 1000, unit: 's' },
      {
        section: SECTION,
        name: 'longest hold of the event loop, processor time',
        value: longestHoldMs,
        unit: 'ms',
        goal: { of: 'value', atMost: 50 },
      },
    ];
  } finally {
    desk.close();
  }
}

/** Processor time of this thread: what a turn of the loop took, whatever else the machine does. */
function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Measures every turn of the event loop until it is stopped; answers the longest. */
function watchHolds(): { stop(): number } {
  let running = true;
  let longestMs = 0;
  const turn = (beforeMs: number): void => {
    longestMs = Math.max(longestMs, processorMs() - beforeMs);
    if (running) setImmediate(turn, processorMs());
  };
  setImmediate(turn, processorMs());
  return {
    stop() {
      running = false;
      return longestMs;
    },
  };
}

const csvField = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function customersCsv({ customers }: SyntheticSet): string {
  const rows = customers.map(({ customerId, name, ibans, aliases }) =>
    [customerId, csvField(name), 'DE', ibans.join('|'), csvField(aliases.join('|'))].join(','),
  );
  return `customer_id,name,country,ibans,aliases\n${rows.join('\n')}\n`;
}

function invoicesCsv({ items }: SyntheticSet): string {
  const rows = items.map((item) =>
    [
      item.invoiceNumber,
      item.customerId,
      item.kind,
      item.issuedOn,
      item.dueOn,
      item.currency,
      formatAmount(item.amountMinor, item.currency),
      item.structuredReference ?? '',
      item.discountPpm === undefined ? '' : item.discountPpm / 10_000,
      item.discountUntil ?? '',
    ].join(','),
  );
  return `${INVOICE_HEADER}${rows.join('\n')}\n`;
}

const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function linesOf({ transactions }: SyntheticSet): LineOptions[] {
  return transactions.map((transaction) => ({
    amount: formatAmount(transaction.amountMinor, transaction.currency),
    date: transaction.bookingDate,
    direction: transaction.direction,
    reversal: transaction.reversal,
    ...(transaction.debtor?.name === undefined ? {} : { name: escapeXml(transaction.debtor.name) }),
    ...(transaction.debtor?.account === undefined ? {} : { iban: transaction.debtor.account }),
    ...(transaction.ultimateDebtor?.name === undefined
      ? {}
      : { ultimateDebtor: escapeXml(transaction.ultimateDebtor.name) }),
    ...(transaction.endToEndId === undefined ? {} : { endToEndId: transaction.endToEndId }),
    text: escapeXml(transaction.remittance.unstructured.join(' ')),
    ...(transaction.remittance.structured[0]?.reference === undefined
      ? {}
      : { reference: transaction.remittance.structured[0].reference }),
  }));
}
