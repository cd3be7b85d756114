/** Elements of a message that is being written, and how they stand in XML and in JSON. */
import { formatAmount } from '../../contract/money.ts';
import { REPEATING } from './instant-schema.ts';
import type { MoneyAmount } from './types.ts';

/** An element with text, or with elements in it. What is absent is left out where it is gathered. */
export interface Element {
  readonly name: string;
  readonly text?: string;
  readonly currency?: string;
  readonly namespace?: string;
  readonly children?: readonly Element[];
}

type Gathered = Element | undefined | readonly (Element | undefined)[];

/** An element with others in it; undefined where none of them is there. */
export function el(name: string, ...gathered: readonly Gathered[]): Element | undefined {
  const children = gathered.flat().filter((child) => child !== undefined) as Element[];
  return children.length === 0 ? undefined : { name, children };
}

/** An element with text; undefined where there is none. */
export function leaf(name: string, text: string | undefined): Element | undefined {
  return text === undefined ? undefined : { name, text };
}

export function money(name: string, value: MoneyAmount | undefined): Element | undefined {
  if (value === undefined) return undefined;
  return { name, text: formatAmount(value.amountMinor, value.currency), currency: value.currency };
}

/** A choice of code and proprietary text: codes of ISO 20022 have at most four letters or digits. */
export function code(name: string, value: string | undefined): Element | undefined {
  if (value === undefined) return undefined;
  return el(name, leaf(/^[A-Z0-9]{1,4}$/.test(value) ? 'Cd' : 'Prtry', value));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (one) => ESCAPES[one] as string) : text;
}

/** The XML of an element, without whitespace between elements. */
export function toXml({ name, text, currency, namespace, children = [] }: Element): string {
  const attributes =
    (namespace === undefined ? '' : ` xmlns="${namespace}"`) +
    (currency === undefined ? '' : ` Ccy="${currency}"`);
  const content = text === undefined ? children.map(toXml).join('') : escapeXml(text);
  return `<${name}${attributes}>${content}</${name}>`;
}

/** The value of an element in JSON: short tags, an amount as `{"Ccy", "value"}`, repeating elements in arrays. */
export function toJson({ text, currency, namespace, children = [] }: Element): unknown {
  if (text !== undefined) return currency === undefined ? text : { Ccy: currency, value: text };
  const value: Record<string, unknown> = namespace === undefined ? {} : { '@xmlns': namespace };
  for (const child of children) {
    const one = toJson(child);
    const before = value[child.name];
    if (Array.isArray(before)) before.push(one);
    else value[child.name] = REPEATING.has(child.name) ? [one] : one;
  }
  return value;
}
