import { isDeepStrictEqual } from 'node:util';
import { parseAmount } from '../../src/contract/money.ts';
import type { Model } from './model.ts';
import type { Dump, DumpLine } from './protocol.ts';
import { vaultBreaches } from './vault-laws.ts';

function minor(text: string, currency: string): bigint {
  const negative = text.startsWith('-');
  const parsed = parseAmount(negative ? text.slice(1) : text, currency);
  if (!parsed.ok) throw new Error(`${text} is no amount of ${currency}.`);
  return negative ? -parsed.amountMinor : parsed.amountMinor;
}

function sumBy<T>(
  values: Iterable<T>,
  key: (value: T) => string,
  amount: (value: T) => bigint,
): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const value of values) sums.set(key(value), (sums.get(key(value)) ?? 0n) + amount(value));
  return sums;
}

const stands = (line: DumpLine): boolean => line.status === 'auto' || line.status === 'confirmed';

type Complain = (text: string) => void;

/** Law 5: the log verifies, reaches as far as what was acknowledged, and says what it said before. */
function checkLog(model: Model, dump: Dump, complain: Complain, upTo?: bigint): void {
  const heads = model.heads.filter(({ seq }) => upTo === undefined || seq <= upTo);
  if (dump.verified === false) complain(`the vault does not verify: ${dump.findings.slice(0, 3).join('; ')}`);
  const last = heads.at(-1);
  if (last && (!dump.head || dump.head.seq < last.seq)) {
    complain(`record ${last.seq} was acknowledged, the log ends at ${dump.head?.seq ?? 0n}`);
  }
  for (const head of heads) {
    if (dump.leaves.get(head.seq) !== head.leaf) complain(`record ${head.seq} is not what it was`);
  }
}

/** Law 7: what was acknowledged is there, whole, once, and nothing else is. */
function checkFiles(model: Model, dump: Dump, complain: Complain): void {
  const { plan, imported } = model;
  if (dump.unfinishedImports > 0)
    complain(`${dump.unfinishedImports} imports were left as the crash cut them off`);
  const customers = imported.has('customers.csv') ? plan.customers : 0;
  if (dump.customers !== customers) complain(`${dump.customers} customers instead of ${customers}`);
  const items = imported.has('invoices.csv') ? plan.items : [];
  if (dump.items.length !== items.length)
    complain(`${dump.items.length} open items instead of ${items.length}`);
  const files = [...imported].flatMap((name) => plan.files.get(name) ?? []);
  const expected = sumBy(
    files.flatMap((file) => file.lines),
    (line) => line.key,
    () => 1n,
  );
  const found = sumBy(
    dump.lines,
    (line) => line.key,
    () => 1n,
  );
  for (const [key, count] of expected) {
    if (found.get(key) !== count)
      complain(`line ${key} is there ${found.get(key) ?? 0n} times instead of ${count}`);
  }
  for (const key of found.keys()) if (!expected.has(key)) complain(`line ${key} belongs to no imported file`);
  for (const statement of dump.statements) {
    if (!imported.has(statement.fileName))
      complain(`a statement of ${statement.fileName} counts, which was not imported`);
  }
}

/** Law 1: every currency sums to zero, and the bank's figure is the ledger's. */
function checkBank(model: Model, dump: Dump, complain: Complain): void {
  for (const [currency, sum] of sumBy(
    dump.trial,
    (row) => row.currency,
    (row) => row.balanceMinor,
  )) {
    if (sum !== 0n) complain(`the trial balance in ${currency} is off by ${sum}`);
  }
  const accountOf = new Map(
    dump.statements.map((statement) => [statement.fileName, statement.bankAccountId]),
  );
  const latest = new Map<string, { date: string; closingMinor: bigint }>();
  for (const name of model.imported) {
    for (const closing of model.plan.files.get(name)?.closings ?? []) {
      const id = accountOf.get(name);
      if (id === undefined) continue;
      const known = latest.get(id);
      if (!known || known.date < closing.date) latest.set(id, closing);
    }
  }
  for (const account of dump.bankAccounts) {
    const expected = latest.get(account.id)?.closingMinor;
    if (expected !== undefined && account.ledgerMinor !== expected) {
      complain(`bank account ${account.id} stands at ${account.ledgerMinor}, its statement says ${expected}`);
    }
    if (expected !== undefined && account.differenceMinor !== 0n) {
      complain(`bank account ${account.id} shows a difference of ${account.differenceMinor}`);
    }
  }
}

/** Law 1 for open items: what is open is the amount less what standing matches settle, never below nothing. */
function checkItems(model: Model, dump: Dump, complain: Complain): void {
  const settled = sumBy(
    dump.lines.filter(stands).flatMap((line) => line.items),
    (item) => item.invoiceNumber,
    () => 0n,
  );
  const currencyOf = new Map(dump.items.map((item) => [item.number, item.currency]));
  for (const line of dump.lines.filter(stands)) {
    for (const item of line.items) {
      const currency = currencyOf.get(item.invoiceNumber);
      if (!currency) {
        complain(`a match settles ${item.invoiceNumber}, which is no open item`);
        continue;
      }
      settled.set(
        item.invoiceNumber,
        (settled.get(item.invoiceNumber) ?? 0n) + minor(item.allocated, currency),
      );
    }
  }
  const expected = new Map(model.plan.items.map((item) => [item.number, item]));
  for (const item of dump.items) {
    const sign = item.kind === 'credit_note' ? -1n : 1n;
    const planned = expected.get(item.number);
    if (planned?.signedMinor !== sign * item.amountMinor)
      complain(`${item.number} has another amount than its file`);
    if (item.openMinor < 0n || item.openMinor > item.amountMinor)
      complain(`${item.number} has ${item.openMinor} open`);
    const left = item.amountMinor - sign * (settled.get(item.number) ?? 0n);
    if (left !== item.openMinor)
      complain(`${item.number} has ${item.openMinor} open, its matches leave ${left}`);
  }
}

/** The accounts that speak of open items and money agree with the lists they sum up. */
function checkControlAccounts(model: Model, dump: Dump, complain: Complain): void {
  const balance = (name: string, currency: string): bigint =>
    dump.trial
      .filter((row) => row.name.startsWith(name) && row.currency === currency)
      .reduce((sum, row) => sum + row.balanceMinor, 0n);
  const signed = (item: Dump['items'][number], value: bigint) =>
    item.kind === 'credit_note' ? -value : value;
  const currencies = new Set(dump.items.map((item) => item.currency));
  for (const currency of currencies) {
    const items = dump.items.filter((item) => item.currency === currency);
    const open = items.reduce((sum, item) => sum + signed(item, item.openMinor), 0n);
    const billed = items.reduce((sum, item) => sum + signed(item, item.amountMinor), 0n);
    const receivables = balance('Receivables', currency);
    if (receivables !== open)
      complain(`Receivables ${currency} is ${receivables}, open items sum to ${open}`);
    const clearing = balance('ERP clearing', currency);
    if (clearing !== -billed) complain(`ERP clearing ${currency} is ${clearing}, invoices sum to ${billed}`);
  }
  const manual = sumBy(
    [...model.manual.values()].flatMap((entry) => [
      { code: entry.fromCode, amountMinor: -entry.amountMinor },
      { code: entry.toCode, amountMinor: entry.amountMinor },
    ]),
    (posting) => posting.code,
    (posting) => posting.amountMinor,
  );
  for (const [code, sum] of manual) {
    const found = dump.trial.find((row) => row.code === code)?.balanceMinor ?? 0n;
    if (found !== sum) complain(`account ${code} stands at ${found}, acknowledged entries sum to ${sum}`);
  }
}

/** Every acknowledged entry is there with its postings, once, and no other is. */
function checkManual(model: Model, dump: Dump, complain: Complain): void {
  if (dump.manual.length !== model.manual.size) {
    complain(`${dump.manual.length} manual entries instead of ${model.manual.size}`);
  }
  for (const entry of dump.manual) {
    const planned = model.manual.get(entry.id);
    if (!planned) {
      complain(`entry ${entry.id} was never acknowledged`);
      continue;
    }
    const postings = [
      { code: planned.fromCode, amountMinor: -planned.amountMinor },
      { code: planned.toCode, amountMinor: planned.amountMinor },
    ].sort((a, b) => (a.code < b.code ? -1 : 1));
    const found = [...entry.postings].sort((a, b) => (a.code < b.code ? -1 : 1));
    if (!isDeepStrictEqual(found, postings))
      complain(`entry ${entry.id} has other postings than were acknowledged`);
  }
}

/** A person's decision stands: what was confirmed stays so, what was taken back the machine does not redo. */
function checkDecisions(model: Model, dump: Dump, complain: Complain): void {
  const byKey = new Map(dump.lines.map((line) => [line.key, line]));
  for (const decision of model.decisions.values()) {
    const line = byKey.get(decision.line);
    if (!line) continue;
    const same = isDeepStrictEqual(line.items, decision.items);
    if (decision.what === 'confirm' && !(line.status === 'confirmed' && same)) {
      complain(`line ${line.key} was confirmed by a person and is ${line.status}`);
    }
    if (decision.what !== 'confirm' && line.status === 'auto' && same) {
      complain(`line ${line.key}: the machine redid what a person took back`);
    }
  }
}

interface Holding {
  /** Whether no rotation runs, so that each must have moved everything. */
  readonly atRest?: boolean;
  /** The last record that must be there, where the vault was restored. */
  readonly upTo?: bigint;
}

/** Holds a vault against the model; each breach is a sentence. */
export function breaches(model: Model, dump: Dump, { atRest = false, upTo }: Holding = {}): string[] {
  const found: string[] = [...model.faults.splice(0)];
  const complain: Complain = (text) => found.push(text);
  checkLog(model, dump, complain, upTo);
  for (const check of [
    checkFiles,
    checkBank,
    checkItems,
    checkControlAccounts,
    checkManual,
    checkDecisions,
  ]) {
    check(model, dump, complain);
  }
  return [...found, ...vaultBreaches(model.vault, dump.vault, atRest)];
}

/** What two vaults that took the same files say differently; nobody decided anything in either. */
export function differences(here: Dump, there: Dump): string[] {
  const say = (dump: Dump) =>
    dump.lines
      .map((line) => {
        const items = [...line.items].sort((a, b) => (a.invoiceNumber < b.invoiceNumber ? -1 : 1));
        const paid = stands(line)
          ? items.map((item) => `${item.invoiceNumber} ${item.allocated}`).join(', ')
          : '';
        return `line ${line.key}: ${line.status} ${paid}`.trim();
      })
      .sort();
  const [a, b] = [say(here), say(there)];
  const found = a.filter((line) => !b.includes(line)).map((line) => `only here: ${line}`);
  found.push(...b.filter((line) => !a.includes(line)).map((line) => `only there: ${line}`));
  const balances = (dump: Dump) =>
    dump.trial
      .filter((row) => !row.name.startsWith('Simulation') && row.balanceMinor !== 0n)
      // Bank accounts are numbered as they become known, which is the order of arrival.
      .map((row) => `${row.name.replace(/ \d+ /, ' ')} ${row.currency} ${row.balanceMinor}`)
      .sort();
  const [left, right] = [balances(here), balances(there)];
  if (!isDeepStrictEqual(left, right)) {
    found.push(
      `balances ${left.filter((row) => !right.includes(row)).join('; ')} are ${right.filter((row) => !left.includes(row)).join('; ')}`,
    );
  }
  return found;
}
