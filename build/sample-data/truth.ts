/** The truth file: for each booked line what it is and which invoices it pays. No part of the console reads it. */
import { formatAmount } from '../../src/contract/money.ts';
import type { BankLine, PlacedLine, Planted } from './lines.ts';

function place(placed: PlacedLine) {
  const { line } = placed;
  return {
    file: placed.file,
    statement: placed.statement,
    index: placed.index,
    accountServicerReference: placed.servicerReference,
    endToEndId: line.endToEndId ?? null,
  };
}

function truthLine(placed: PlacedLine, byLine: ReadonlyMap<BankLine, PlacedLine>) {
  const { line } = placed;
  const original = line.original && byLine.get(line.original);
  return {
    ...place(placed),
    bookingDate: line.date,
    direction: line.direction,
    amount: formatAmount(line.amountMinor, line.currency),
    currency: line.currency,
    class: line.className,
    ...(line.traits.length > 0 ? { traits: line.traits } : {}),
    pays: line.pays.map(({ invoice, allocatedMinor, discountMinor, chargesMinor }) => ({
      invoice: invoice.number,
      currency: invoice.currency,
      allocated: formatAmount(allocatedMinor, invoice.currency),
      ...(discountMinor > 0n ? { discount: formatAmount(discountMinor, invoice.currency) } : {}),
      ...(chargesMinor > 0n ? { charges: formatAmount(chargesMinor, invoice.currency) } : {}),
    })),
    ...(original ? { of: place(original) } : {}),
    ...(line.planted ? { planted: line.planted } : {}),
  };
}

export interface TruthInput {
  readonly seed: number;
  readonly customers: number;
  readonly from: string;
  readonly to: string;
  readonly placed: readonly PlacedLine[];
  readonly planted: readonly Planted[];
}

/** How many lines there are of each class, for the file's head and for whoever reads along. */
export function classCounts(placed: readonly PlacedLine[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { line } of placed) counts[line.className] = (counts[line.className] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

/** One line of JSON a transaction, so that the file can be read and compared by line. */
export function writeTruth(input: TruthInput): string {
  const byLine = new Map(input.placed.map((placed) => [placed.line, placed]));
  const head = {
    seed: input.seed,
    customers: input.customers,
    from: input.from,
    to: input.to,
    classes: classCounts(input.placed),
  };
  const rows = input.placed.map((placed) => JSON.stringify(truthLine(placed, byLine)));
  const planted = input.planted.map((each) => JSON.stringify(each));
  const open = JSON.stringify(head, null, 1).slice(0, -2);
  return `${open},\n "planted": [\n${planted.join(',\n')}\n ],\n "transactions": [\n${rows.join(',\n')}\n ]\n}\n`;
}
