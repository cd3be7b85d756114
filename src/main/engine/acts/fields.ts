import type { RenderedLine } from '../../../contract/approvals.ts';
import type { Money } from '../../../contract/common.ts';
import type { Act } from '../../approvals/index.ts';
import { amount, rendered, told } from './lines.ts';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

function moneyOf(value: Fields): Money | undefined {
  const { amountMinor, currency } = value;
  return typeof amountMinor === 'bigint' && typeof currency === 'string'
    ? { amountMinor, currency }
    : undefined;
}

/** Every amount with a currency beside it, wherever it stands in an input. */
export function amountsIn(value: unknown): Money[] {
  if (Array.isArray(value)) return value.flatMap(amountsIn);
  if (!isFields(value)) return [];
  const money = moneyOf(value);
  return money === undefined ? Object.values(value).flatMap(amountsIn) : [money];
}

/** `bankTransactionId` as a person reads it: `Bank transaction id`. */
export function inWords(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

const isTime = (name: string, value: unknown): value is number =>
  /(At|From|Until|from|until)Ms$/.test(name) && typeof value === 'number';

function text(name: string, value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isTime(name, value)) return new Date(value).toISOString();
  if (value instanceof Blob) return `${value.size} bytes`;
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`;
  return String(value);
}

function* walk(label: string, name: string, value: unknown): Generator<RenderedLine> {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    if (value.length === 0) yield told(label, 'none');
    for (const [i, one] of value.entries()) yield* walk(`${label} ${i + 1}`, name, one);
    return;
  }
  if (!isFields(value)) {
    yield told(label, text(name, value));
    return;
  }
  const money = moneyOf(value);
  if (money !== undefined) yield told(label, amount(money.amountMinor, money.currency));
  for (const [member, inner] of Object.entries(value)) {
    if (money !== undefined && (member === 'amountMinor' || member === 'currency')) continue;
    yield* walk(label === '' ? inWords(member) : `${label}: ${inWords(member).toLowerCase()}`, member, inner);
  }
}

/** An input field by field, as it stands. */
export const fieldLines = (input: unknown): RenderedLine[] => [...walk('', '', input)];

/** `ledger.createAccount` as a title: `Ledger: create account`. */
export function titleOf(procedure: string): string {
  const steps = procedure.split('.').map(inWords);
  return [steps[0], ...steps.slice(1).map((step) => step.toLowerCase())].join(': ');
}

/** A command that nobody described: governed always, and shown field by field. */
export const fieldsAct = (procedure: string): Act => ({
  facts: (input) => ({ amounts: amountsIn(input), count: 1 }),
  render: (input) => rendered({ title: titleOf(procedure), lines: fieldLines(input) }),
});
