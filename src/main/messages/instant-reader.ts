/**
 * Turns the elements of one pacs.008, pacs.002, pacs.004 or camt.056 into values. The elements come from the XML
 * reader or from the walk over a JSON message; `instant-schema.ts` says what each of them sets.
 */
import type { MessageWarning } from '../../contract/messages.ts';
import type { ElementNode } from './camt-nodes.ts';
import { ElementReader } from './element-reader.ts';
import { checkGroup } from './instant-control.ts';
import { type GroupDraft, OrderDraft, type OriginalDraft } from './instant-draft.ts';
import { INSTANT_TREES, type OrderKind, REPEATING } from './instant-schema.ts';
import { paymentOf, recallOf, returnOf, statusOf } from './instant-transaction.ts';
import type { InstantItem, InstantWarning } from './instant-types.ts';
import type { RailFacts } from './rails.ts';
import type { XmlAttribute } from './xml-namespaces.ts';

/** What one message said, whichever kind it is. */
export interface InstantContent {
  readonly messageId: string;
  readonly sender?: string;
  readonly createdAt?: string;
  readonly items: readonly InstantItem[];
  readonly warnings: readonly InstantWarning[];
}

const ITEM_OF: Readonly<Record<OrderKind, string>> = {
  'pacs.008': 'CdtTrfTxInf',
  'pacs.002': 'TxInfAndSts',
  'pacs.004': 'TxInf',
  'camt.056': 'TxInf',
};

/** Where a message speaks of another as a whole. */
const WHOLE_OF: Readonly<Record<OrderKind, string>> = {
  'pacs.008': 'CdtTrfTxInf',
  'pacs.002': 'OrgnlGrpInfAndSts',
  'pacs.004': 'OrgnlGrpInf',
  'camt.056': 'Undrlyg',
};

export class InstantReader extends ElementReader<InstantReader> {
  readonly kind: OrderKind;
  readonly facts: RailFacts;
  group: GroupDraft = {};
  draft: OrderDraft = new OrderDraft({ byteStart: 0, line: 1 }, '');
  original: OriginalDraft = { mark: { byteStart: 0, line: 1 }, byteEnd: 0 };
  /** `Case` above the transactions of a camt.056. */
  caseId: string | undefined;
  readonly #items: InstantItem[] = [];
  readonly #orders: OrderDraft[] = [];
  readonly #warnings: InstantWarning[] = [];
  #originals = 0;
  /** Transactions there were when the original message of the moment was opened. */
  #before = 0;
  #isOpen = false;
  /** What has been opened so far in each of the elements that are open. */
  readonly #seen: string[][] = [[]];

  constructor(kind: OrderKind, fileName: string, facts: RailFacts) {
    super(fileName);
    this.kind = kind;
    this.facts = facts;
  }

  protected override openOutside(_local: string, namespace: string): ElementNode<InstantReader> {
    this.namespace = namespace;
    return INSTANT_TREES[this.kind];
  }

  override open(
    local: string,
    namespace: string,
    attributes: readonly XmlAttribute[],
    byteStart: number,
  ): void {
    const depth = this.locals.length;
    super.open(local, namespace, attributes, byteStart);
    if (this.locals.length === depth) return;
    const siblings = this.#seen[depth] ?? [];
    if (siblings.includes(local) && !REPEATING.has(local)) {
      this.fail('CAMT_FIELD_INVALID', 'An element stands twice where one may stand.', {
        expected: `${local} once`,
      });
    }
    siblings.push(local);
    this.#seen[depth] = siblings;
    this.#seen[depth + 1] = [];
  }

  protected override pathOf(locals: readonly string[]): string {
    const own = ITEM_OF[this.kind];
    return locals
      .map((local) => {
        if (local === own) return `${own}[${this.#orders.length + (this.#isOpen ? 0 : 1)}]`;
        return local === 'Undrlyg' ? `${local}[${this.#originals}]` : local;
      })
      .join('/');
  }

  protected override warn(code: MessageWarning, _message: string): void {
    const { line, path } = this.where();
    this.#warnings.push({ code, line, path });
  }

  openItem(byteStart: number): void {
    this.beginRecord();
    const path = `${ITEM_OF[this.kind]}[${this.#orders.length + 1}]`;
    this.draft = new OrderDraft({ byteStart, line: this.source.lineAt(byteStart) }, path);
    this.target = this.draft.detail;
    this.#orders.push(this.draft);
    this.#isOpen = true;
  }

  closeItem(byteEnd: number): void {
    const { draft } = this;
    draft.byteEnd = byteEnd;
    this.#items.push(this.#itemOf(draft));
    this.#isOpen = false;
  }

  #itemOf(draft: OrderDraft): InstantItem {
    if (this.kind === 'pacs.008') return paymentOf(this, draft, this.#items.length);
    if (this.kind === 'pacs.002') return statusOf(this, draft);
    return this.kind === 'pacs.004' ? returnOf(this, draft) : recallOf(this, draft);
  }

  openOriginal(byteStart: number): void {
    this.original = { mark: { byteStart, line: this.source.lineAt(byteStart) }, byteEnd: 0 };
    this.#originals++;
    this.#before = this.#items.length;
  }

  /** What is said of a whole message, without naming its transactions, is an item too. */
  closeOriginal(byteEnd: number): void {
    this.original.byteEnd = byteEnd;
    if (this.kind === 'camt.056' && this.#items.length === this.#before) this.#takeWhole();
  }

  #takeWhole(): void {
    const { mark, byteEnd } = this.original;
    const draft = new OrderDraft(mark, `${WHOLE_OF[this.kind]}[${this.#originals}]`);
    draft.byteEnd = byteEnd;
    if (this.kind === 'pacs.004') draft.amount = this.group.total;
    this.#items.push(this.#itemOf(draft));
  }

  /** The whole message, once its elements have come. */
  finish(): InstantContent {
    const { messageId, sender, createdAt } = this.group;
    if (messageId === undefined) {
      this.fail('CAMT_FIELD_MISSING', 'The message has no identification.', {
        expected: this.kind === 'camt.056' ? 'Assgnmt/Id' : 'GrpHdr/MsgId',
      });
    }
    const speaksOfAll = this.kind === 'pacs.002' || (this.kind === 'pacs.004' && this.group.wholeGroup);
    if (this.#items.length === 0 && speaksOfAll === true && this.#originals > 0) this.#takeWhole();
    if (this.#items.length === 0) {
      this.fail('CAMT_FIELD_MISSING', 'The message holds no transaction.', { expected: ITEM_OF[this.kind] });
    }
    checkGroup(this, this.#orders);
    return {
      messageId,
      ...(sender === undefined ? {} : { sender }),
      ...(createdAt === undefined ? {} : { createdAt }),
      items: this.#items,
      warnings: this.#warnings,
    };
  }
}
