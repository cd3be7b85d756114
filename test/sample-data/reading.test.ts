import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateSampleData } from '../../build/sample-data/generate.ts';
import { formatAmount } from '../../src/contract/money.ts';
import {
  type BankTransaction,
  type ParseEvent,
  parseBytes,
  type StatementEnd,
} from '../../src/main/messages/index.ts';
import { DEMO_FOLDER, type TruthTransaction, truthOf } from './world.ts';

// Large enough for returns, exchanges and every other rare line to occur.
const data = generateSampleData({ seed: 21, customers: 120, days: 25, to: '2026-11-20' });
const truth = truthOf(data);
const events = new Map(data.files.map((file) => [file.name, parseBytes(file.bytes, file.name)]));

function ends(from: readonly ParseEvent[]): StatementEnd[] {
  return from.filter((event) => event.kind === 'statement-end');
}

describe('what the generator writes, the console reads', () => {
  it('without a warning, each file as its kind', () => {
    const types = new Map<string, number>();
    for (const [name, list] of events) {
      expect(
        list.filter((event) => event.kind === 'warning'),
        name,
      ).toEqual([]);
      const start = list[0];
      if (start?.kind !== 'file-start') throw new Error(`${name} does not start.`);
      types.set(start.type, (types.get(start.type) ?? 0) + 1);
    }
    expect([...types.keys()].sort()).toEqual(['camt.053', 'customers', 'invoices', 'mt940', 'mt942']);
  });

  it('with statements that add up and chain from day to day', () => {
    const last = new Map<string, bigint>();
    let statements = 0;
    for (const [name, list] of events) {
      if (name.includes('mt942')) continue;
      for (const end of ends(list)) {
        const check = end.balanceChecks[0];
        expect(check?.outcome, name).toBe('balanced');
        const account = end.header.account.iban ?? end.header.account.other ?? '';
        const key = `${account} ${check?.currency}`;
        if (last.has(key)) expect(check?.openingMinor, name).toBe(last.get(key));
        last.set(key, check?.closingMinor ?? 0n);
        statements += 1;
      }
    }
    expect(last.size).toBe(4);
    expect(statements).toBeGreaterThan(20);
  });

  it('with each line where the truth says it is', () => {
    const read = new Map<string, BankTransaction>();
    for (const [name, list] of events) {
      if (name.includes('mt942')) continue;
      for (const event of list) {
        if (event.kind !== 'transactions') continue;
        for (const line of event.transactions)
          read.set(`${name}|${event.statementIndex}|${line.index}`, line);
      }
    }
    expect(read.size).toBe(truth.transactions.length);
    const shown = (line: TruthTransaction) => read.get(`${line.file}|${line.statement}|${line.index}`);
    for (const each of truth.transactions) {
      const line = shown(each);
      expect({
        accountServicerReference: line?.accountServicerReference,
        endToEndId: line?.endToEndId ?? null,
        direction: line?.direction,
        amount: line && formatAmount(line.amountMinor, line.currency),
        currency: line?.currency,
        bookingDate: line?.bookingDate,
      }).toEqual({
        accountServicerReference: each.accountServicerReference,
        endToEndId: each.endToEndId,
        direction: each.direction,
        amount: each.amount,
        currency: each.currency,
        bookingDate: each.bookingDate,
      });
    }
  });

  it('with the payer, the debtor behind it, references and charges where they were put', () => {
    const booked = [...events].filter(([name]) => !name.includes('mt942'));
    const lines = booked.flatMap(([, list]) =>
      list.flatMap((event) => (event.kind === 'transactions' ? event.transactions : [])),
    );
    const count = (holds: (line: BankTransaction) => boolean) => lines.filter(holds).length;
    expect(
      count((line) => line.remittance.structured.some((each) => each.referenceType === 'SCOR')),
    ).toBeGreaterThan(5);
    expect(count((line) => line.ultimateDebtor?.name !== undefined)).toBeGreaterThan(0);
    expect(count((line) => line.reversal || line.returnReason !== undefined)).toBe(truth.classes.return);
    expect(truth.classes.return).toBeGreaterThan(0);
    expect(count((line) => line.exchange !== undefined)).toBeGreaterThan(0);
    expect(count((line) => line.detailIndex !== undefined)).toBeGreaterThan(0);
    expect(count((line) => line.direction === 'credit' && line.debtor?.name !== undefined)).toBeGreaterThan(
      100,
    );
  });
});

describe('the committed set', () => {
  it('has a manifest whose files the console reads whole', () => {
    const manifest = JSON.parse(readFileSync(resolve(DEMO_FOLDER, 'manifest.json'), 'utf8')) as {
      files: string[];
    };
    expect(manifest.files.slice(0, 2)).toEqual(['customers.csv', 'invoices.csv']);
    let transactions = 0;
    for (const name of manifest.files) {
      const end = parseBytes(readFileSync(resolve(DEMO_FOLDER, name)), name).at(-1);
      if (end?.kind !== 'file-end') throw new Error(`${name} does not end.`);
      if (!name.includes('mt942')) transactions += end.transactions;
    }
    expect(transactions).toBeGreaterThan(1_500);
  });
});
