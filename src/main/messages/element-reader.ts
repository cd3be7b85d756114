/**
 * Follows a tree of elements while a message is read, whatever brings the elements: the XML reader, or the
 * walk over a JSON message. Elements that are not in the tree are skipped.
 */
import { CountersignError } from '../base/index.ts';
import type { ElementNode } from './camt-nodes.ts';
import { FieldRecord } from './field-record.ts';
import type { XmlAttribute } from './xml-namespaces.ts';
import { MAX_TOKEN_BYTES, type XmlSink } from './xml-reader.ts';

/** Where the elements come from, as far as their places go. */
export interface ElementSource {
  /** Offset of the first byte of the content of the element that was opened last. */
  readonly contentStart: number;
  /** 1-based line of a byte that lies at or after every byte asked for before. */
  lineAt(byteOffset: number): number;
}

/** Text and elements that one header, entry or detail may bring; each element counts as some text. */
const MAX_RECORD_CHARACTERS = 2_097_152;
const ELEMENT_CHARACTERS = 64;
const EMPTY: ElementNode = { children: new Map(), leaf: false };

/** `R` is what the elements of the tree write into: the class that extends this one. */
export abstract class ElementReader<R extends FieldRecord> extends FieldRecord implements XmlSink {
  protected readonly fileName: string;
  /** Set by whoever brings the elements, before the first of them. */
  source: ElementSource = { contentStart: 0, lineAt: () => 1 };
  /** Elements of another namespace are skipped. */
  protected namespace = '';
  protected readonly locals: string[] = [];
  protected closeOffset = 0;
  readonly #nodes: ElementNode<R>[] = [];
  #node: ElementNode<R> = EMPTY;
  /** Depth of elements that are skipped below the last known one. */
  #skipped = 0;
  #text = '';
  #recordCharacters = 0;
  wantsText = false;

  constructor(fileName: string) {
    super();
    this.fileName = fileName;
  }

  /** An element around the message: the tree to follow in it, or nothing where it is an envelope. */
  protected abstract openOutside(local: string, namespace: string): ElementNode<R> | undefined;
  /** Path of the elements, with the indexes of those that repeat. */
  protected abstract pathOf(locals: readonly string[]): string;

  open(local: string, namespace: string, attributes: readonly XmlAttribute[], byteStart: number): void {
    if (this.#node === EMPTY && this.#skipped === 0) {
      this.locals.push(local);
      this.#nodes.push(EMPTY);
      this.#node = this.openOutside(local, namespace) ?? EMPTY;
      return;
    }
    const next =
      this.#skipped === 0 && namespace === this.namespace ? this.#node.children.get(local) : undefined;
    if (next === undefined) {
      this.#skipped++;
      this.wantsText = false;
      return;
    }
    this.#spend(ELEMENT_CHARACTERS);
    this.#nodes.push(this.#node);
    this.locals.push(local);
    this.#node = next;
    this.wantsText = next.leaf;
    if (next.leaf) {
      this.#text = '';
      this.currency = '';
      for (const attribute of attributes) if (attribute.name === 'Ccy') this.currency = attribute.value;
    }
    // The tree is made for the class that extends this one, which is `R`.
    next.open?.(this as unknown as R, byteStart);
  }

  text(value: string): void {
    this.#text = this.#text === '' ? value : this.#text + value;
    if (this.#text.length > MAX_TOKEN_BYTES) {
      throw new CountersignError('XML_FORBIDDEN', 'A single text is too long.', this.where());
    }
    this.#spend(value.length);
  }

  close(_contentEnd: number, byteEnd: number): void {
    if (this.#skipped > 0) {
      this.#skipped--;
      this.wantsText = this.#skipped === 0 && this.#node.leaf;
      return;
    }
    const node = this.#node;
    if (node.close !== undefined) {
      this.closeOffset = byteEnd;
      node.close(this as unknown as R, node.leaf ? this.#text.trim() : '', byteEnd);
    }
    this.#text = '';
    this.#node = this.#nodes.pop() ?? EMPTY;
    this.locals.pop();
    this.wantsText = false;
  }

  /** Begins a record anew, so that what it may hold is counted from here. */
  protected beginRecord(): void {
    this.#recordCharacters = 0;
  }

  /** Counts what the open entry, detail or header holds, so that none of them fills the memory. */
  #spend(characters: number): void {
    this.#recordCharacters += characters;
    if (this.#recordCharacters > MAX_RECORD_CHARACTERS) {
      throw new CountersignError('FIELD_TOO_LONG', 'An entry or a detail holds more than any message may.', {
        ...this.where(),
        expected: `at most ${MAX_RECORD_CHARACTERS} characters`,
      });
    }
  }

  path(): string {
    return this.pathOf(this.locals);
  }

  protected override where(): { file: string; line: number; path: string } {
    const line = this.source.lineAt(Math.max(this.closeOffset, this.source.contentStart));
    return { file: this.fileName, line, path: this.path() };
  }
}
