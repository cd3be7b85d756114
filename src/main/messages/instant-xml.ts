/** A single message in XML: finds it in its envelope and hands its elements to the reader of its kind. */
import { CountersignError } from '../base/index.ts';
import {
  isInstantKind,
  messageOfDefinition,
  messageOfNamespace,
  type NamedMessage,
  railOfHeader,
  railOfRoot,
} from './instant-envelope.ts';
import { kindOfBody } from './instant-names.ts';
import { NotificationReader } from './instant-notification.ts';
import { type InstantContent, InstantReader } from './instant-reader.ts';
import { INSTANT_BODIES } from './instant-schema.ts';
import type { InstantKind } from './instant-types.ts';
import type { RailFacts } from './rails.ts';
import type { XmlAttribute } from './xml-namespaces.ts';
import { XmlReader, type XmlSink } from './xml-reader.ts';

/** A message as it was found: what kind, what it says, and what tells its rail. */
export interface FoundMessage {
  readonly kind: InstantKind;
  readonly version?: string;
  readonly content: InstantContent;
  readonly facts: RailFacts;
}

export const EXPECTED_KINDS = 'pacs.008, pacs.002, pacs.004, camt.054 or camt.056';
const HEADER = /^urn:iso:std:iso:20022:tech:xsd:head\.001\.001\.\d\d$/;
/** The namespace under which the readers get their elements, whatever the version of the message. */
export const canonicalNamespace = (kind: InstantKind): string =>
  `urn:iso:std:iso:20022:tech:xsd:${kind}.001.13`;

/** Reads one message. @throws CountersignError where it is refused. */
export function readXmlMessage(bytes: Buffer, fileName: string): FoundMessage {
  const sink = new MessageInXml(fileName);
  const xml = new XmlReader(sink, fileName);
  sink.source = xml;
  xml.write(bytes);
  xml.end();
  return sink.finish();
}

class MessageInXml implements XmlSink {
  readonly #fileName: string;
  readonly #facts: RailFacts = { localInstruments: [], serviceLevels: [] };
  readonly #locals: string[] = [];
  source: XmlReader | undefined;
  #reader: InstantReader | NotificationReader | undefined;
  #message: NamedMessage | undefined;
  #kind: InstantKind | undefined;
  #namespace = '';
  #canonical = '';
  /** Elements that are open in the message's body; 0 outside of it. */
  #depth = 0;
  /** The text of a header's element that is wanted. */
  #header: string | undefined;
  #definition: NamedMessage | undefined;
  #contentEnd = 0;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  get wantsText(): boolean {
    return this.#depth > 0 ? (this.#reader as InstantReader).wantsText : this.#header !== undefined;
  }

  open(local: string, namespace: string, attributes: readonly XmlAttribute[], byteStart: number): void {
    if (this.#depth > 0) {
      this.#depth++;
      const known = namespace === this.#namespace ? this.#canonical : '';
      this.#reader?.open(local, known, attributes, byteStart);
      return;
    }
    if (this.#locals.length === 0) {
      const rail = railOfRoot(local, namespace);
      if (rail !== undefined) this.#facts.envelope = rail;
    }
    this.#locals.push(local);
    const isHeader = this.#locals.includes('AppHdr');
    this.#header = isHeader ? '' : undefined;
    if (isHeader || HEADER.test(namespace)) return;
    if (local === 'Document') this.#checkDocument(namespace);
    const message = messageOfNamespace(namespace);
    if (message !== undefined && isBody(local, message)) this.#openBody(message, namespace, byteStart);
  }

  /** `Document` says by its namespace which message it holds. */
  #checkDocument(namespace: string): void {
    const message = messageOfNamespace(namespace);
    if (message === undefined) {
      this.#fail('INSTANT_NAMESPACE', 'The namespace is not that of an ISO 20022 message.', {
        expected: `urn:iso:std:iso:20022:tech:xsd: and ${EXPECTED_KINDS}, with a version`,
      });
    }
    if (!isInstantKind(message.name)) this.#failKind(message.name);
  }

  #openBody(message: NamedMessage, namespace: string, byteStart: number): void {
    const kind = message.name;
    if (!isInstantKind(kind)) this.#failKind(kind);
    if (this.#reader !== undefined) {
      this.#fail('CAMT_FIELD_INVALID', 'The envelope holds more than one message.', {
        expected: 'one message',
      });
    }
    this.#message = message;
    this.#kind = kind;
    this.#namespace = namespace;
    this.#canonical = canonicalNamespace(kind);
    const reader =
      kind === 'camt.054'
        ? new NotificationReader(this.#fileName)
        : new InstantReader(kind, this.#fileName, this.#facts);
    this.#reader = reader;
    if (this.source !== undefined) reader.source = this.source;
    reader.open('Document', this.#canonical, [], byteStart);
    reader.open(INSTANT_BODIES[kind], this.#canonical, [], byteStart);
    this.#depth = 1;
  }

  text(value: string): void {
    if (this.#depth > 0) this.#reader?.text(value);
    else if (this.#header !== undefined && this.#header.length < 200) this.#header += value;
  }

  close(contentEnd: number, byteEnd: number): void {
    if (this.#depth > 0) {
      this.#reader?.close(contentEnd, byteEnd);
      this.#depth--;
      if (this.#depth > 0) return;
      this.#reader?.close(contentEnd, byteEnd);
    } else if (this.#header !== undefined) {
      this.#takeHeader(this.#locals.at(-1) as string, this.#header.trim());
    }
    this.#contentEnd = byteEnd;
    this.#header = undefined;
    this.#locals.pop();
  }

  #takeHeader(local: string, value: string): void {
    if (value === '') return;
    if (local === 'MsgDefIdr') this.#definition = messageOfDefinition(value);
    const isPractice = local === 'Id' && this.#locals.at(-2) === 'MktPrctc';
    if (!isPractice && local !== 'BizSvc') return;
    const rail = railOfHeader(value);
    if (rail !== undefined) this.#facts.envelope ??= rail;
  }

  path(): string {
    return this.#depth > 0 ? (this.#reader?.path() ?? '') : this.#locals.join('/');
  }

  finish(): FoundMessage {
    if (this.#reader === undefined || this.#kind === undefined || this.#message === undefined) {
      this.#failKind(undefined);
    }
    const { name } = this.#message;
    if (this.#definition !== undefined && this.#definition.name !== name) {
      this.#fail('INSTANT_NAMESPACE', 'The business header names another message than the one it holds.', {
        expected: name,
        actual: this.#definition.name,
      });
    }
    return {
      kind: this.#kind,
      version: this.#message.version,
      content: this.#reader.finish(),
      facts: this.#facts,
    };
  }

  #failKind(actual: string | undefined): never {
    this.#fail('INSTANT_KIND_UNKNOWN', 'The message is not one that is taken one by one.', {
      expected: EXPECTED_KINDS,
      ...(actual === undefined ? {} : { actual }),
    });
  }

  #fail(
    code: 'INSTANT_KIND_UNKNOWN' | 'INSTANT_NAMESPACE' | 'CAMT_FIELD_INVALID',
    message: string,
    details: { expected: string; actual?: string },
  ): never {
    const line = this.source?.lineAt(Math.max(this.#contentEnd, this.source.contentStart)) ?? 1;
    const path = this.#locals.join('/');
    throw new CountersignError(code, message, {
      file: this.#fileName,
      line,
      ...(path === '' ? {} : { path }),
      ...details,
    });
  }
}

/** True where an element of a message's namespace is its body; version .01 names it like the message itself. */
function isBody(local: string, { name, version }: NamedMessage): boolean {
  if (local === 'Document') return false;
  if (local === `${name}.${version}`) return true;
  const kind = kindOfBody(local.replace(/V01$/, ''));
  return kind === name || (kind === undefined && !isInstantKind(name));
}
