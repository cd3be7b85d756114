/**
 * Walks a JSON message as if it were XML: the same tree of elements reads both, so that the same message gives
 * the same values in either form. The members of an object are taken in the order of the tree, since JSON has none.
 */
import { CountersignError } from '../base/index.ts';
import type { ElementShape } from './camt-nodes.ts';
import type { ElementSource } from './element-reader.ts';
import type { JsonNode, LineIndex } from './instant-json.ts';
import { plainName, type Slot, slotsOf } from './instant-names.ts';
import { REPEATING } from './instant-schema.ts';
import type { XmlAttribute } from './xml-namespaces.ts';
import type { XmlSink } from './xml-reader.ts';

/** How a currency stands beside its amount: as published samples of ISO 20022 in JSON have it. */
const CURRENCY_NAMES: ReadonlySet<string> = new Set(['Ccy', '@Ccy', 'ccy', 'currency', 'Currency']);
/** How the text stands that XML has between the tags of an element with attributes. */
const TEXT_NAMES: ReadonlySet<string> = new Set([
  'value',
  'Value',
  'amt',
  'Amt',
  'amount',
  'Amount',
  '#text',
  '$',
  'ActiveCurrencyAndAmount',
  'ActiveOrHistoricCurrencyAndAmount',
]);
const NO_ATTRIBUTES: readonly XmlAttribute[] = [];

interface Found {
  readonly slot: Slot;
  readonly json: JsonNode;
}

/** Hands the elements of one JSON message to their reader. */
export class JsonWalk implements ElementSource {
  readonly #sink: XmlSink;
  readonly #namespace: string;
  readonly #lines: LineIndex;
  readonly #fileName: string;
  contentStart = 0;

  constructor(sink: XmlSink, namespace: string, lines: LineIndex, fileName: string) {
    this.#sink = sink;
    this.#namespace = namespace;
    this.#lines = lines;
    this.#fileName = fileName;
  }

  lineAt(byteOffset: number): number {
    return this.#lines.lineAt(byteOffset);
  }

  /** Walks the message's body, named `local` in the tree below `Document`. */
  walk(tree: ElementShape, local: string, body: JsonNode): void {
    const node = tree.children.get(local) as ElementShape;
    this.#open('Document', body, NO_ATTRIBUTES);
    this.#value({ local, index: 0, node }, body);
    this.#sink.close(body.byteEnd, body.byteEnd);
  }

  #open(local: string, json: JsonNode, attributes: readonly XmlAttribute[]): void {
    this.contentStart = json.byteStart;
    this.#sink.open(local, this.#namespace, attributes, json.byteStart);
  }

  #members(node: ElementShape, json: JsonNode): void {
    const slots = slotsOf(node);
    const found: Found[] = [];
    let last = -1;
    let isInOrder = true;
    for (const member of json.children) {
      const slot = slots.get(member.name) ?? slots.get(plainName(member.name));
      if (slot === undefined) continue;
      if (slot.index <= last) isInOrder = false;
      last = slot.index;
      found.push({ slot, json: member });
    }
    if (!isInOrder) this.#order(found);
    for (const { slot, json: member } of found) this.#element(slot, member);
  }

  /** Puts members in the order of the tree; two that mean the same element are one too many. */
  #order(found: Found[]): void {
    found.sort((a, b) => a.slot.index - b.slot.index);
    found.forEach(({ slot, json }, i) => {
      if (i > 0 && found[i - 1]?.slot === slot) {
        this.#fail('JSON_DUPLICATE_KEY', 'An element stands twice, under two names.', slot, json, 'it once');
      }
    });
  }

  #element(slot: Slot, json: JsonNode): void {
    if (json.kind !== 'array') {
      this.#value(slot, json);
      return;
    }
    if (json.children.length === 0) {
      this.#fail('JSON_FORM', 'An array is empty.', slot, json, 'at least one element, or no array');
    }
    if (json.children.length > 1 && !REPEATING.has(slot.local)) {
      this.#fail('JSON_FORM', 'An array stands where one value may stand.', slot, json, 'one value');
    }
    for (const element of json.children) this.#value(slot, element);
  }

  #value(slot: Slot, json: JsonNode): void {
    // What serialisers write for an element that is not there.
    if (json.kind === 'null') return;
    if (json.kind === 'array')
      this.#fail('JSON_FORM', 'An array stands in an array.', slot, json, 'one value');
    if (json.kind === 'object') this.#object(slot, json);
    else if (slot.node.leaf) this.#leaf(slot, json, json, NO_ATTRIBUTES);
    else this.#fail('JSON_FORM', 'A text or number stands where an object belongs.', slot, json, 'an object');
  }

  #object(slot: Slot, json: JsonNode): void {
    const { node } = slot;
    const isText = node.leaf && (node.children.size === 0 || json.children.some(isAttribute));
    if (isText) {
      this.#wrapped(slot, json);
      return;
    }
    this.#open(slot.local, json, NO_ATTRIBUTES);
    this.#members(node, json);
    this.#sink.close(json.byteEnd, json.byteEnd);
  }

  /** A text with attributes: `{"Ccy": "EUR", "value": "12.50"}` and the other forms it is published in. */
  #wrapped(slot: Slot, json: JsonNode): void {
    let text: JsonNode | undefined;
    let currency: JsonNode | undefined;
    let others = 0;
    for (const member of json.children) {
      if (CURRENCY_NAMES.has(member.name)) {
        if (currency !== undefined) others++;
        currency = member;
      } else if (TEXT_NAMES.has(member.name)) {
        if (text !== undefined) others++;
        text = member;
      } else if (!member.name.startsWith('@')) others++;
    }
    // Some write the type's own element between: {"Amt": {"Amt": "12.50", "Ccy": "EUR"}}.
    if (text?.kind === 'object' && currency === undefined && others === 0) {
      this.#wrapped(slot, text);
      return;
    }
    const isRight = others === 0 && isScalar(text) && (currency === undefined || currency.kind === 'string');
    if (!isRight) {
      this.#fail(
        'JSON_FORM',
        'A value with attributes is not of a form that is read.',
        slot,
        json,
        '{"Ccy": "EUR", "value": "12.50"}, or {"@Ccy", "#text"}, {"currency", "amount"}, {"Ccy", "amt"}',
      );
    }
    const attributes = currency === undefined ? NO_ATTRIBUTES : [{ name: 'Ccy', value: currency.text }];
    this.#leaf(slot, text as JsonNode, json, attributes);
  }

  #leaf(slot: Slot, text: JsonNode, whole: JsonNode, attributes: readonly XmlAttribute[]): void {
    this.#open(slot.local, whole, attributes);
    if (text.text !== '') this.#sink.text(text.text);
    this.#sink.close(whole.byteEnd, whole.byteEnd);
  }

  #fail(
    code: 'JSON_FORM' | 'JSON_DUPLICATE_KEY',
    message: string,
    slot: Slot,
    json: JsonNode,
    expected: string,
  ): never {
    throw new CountersignError(code, message, {
      file: this.#fileName,
      line: this.#lines.lineAt(json.byteStart),
      byte: json.byteStart,
      path: `${this.#sink.path()}/${slot.local}`,
      expected,
    });
  }
}

function isAttribute({ name }: JsonNode): boolean {
  return CURRENCY_NAMES.has(name) || name.startsWith('#') || name === '$';
}

function isScalar(json: JsonNode | undefined): boolean {
  return json?.kind === 'string' || json?.kind === 'number' || json?.kind === 'boolean';
}
