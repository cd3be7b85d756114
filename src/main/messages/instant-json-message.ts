/** A single message in JSON: finds it in its envelope and walks it with the reader of its kind. */
import { CountersignError } from '../base/index.ts';
import { CAMT_TREES } from './camt-schema.ts';
import {
  messageOfDefinition,
  messageOfNamespace,
  type NamedMessage,
  railOfHeader,
  railOfRoot,
} from './instant-envelope.ts';
import { type JsonNode, LineIndex, readJson } from './instant-json.ts';
import { JsonWalk } from './instant-json-walk.ts';
import { isElementName, kindOfBody, plainName } from './instant-names.ts';
import { NotificationReader } from './instant-notification.ts';
import { InstantReader } from './instant-reader.ts';
import { INSTANT_BODIES, INSTANT_TREES } from './instant-schema.ts';
import type { InstantKind } from './instant-types.ts';
import { canonicalNamespace, EXPECTED_KINDS, type FoundMessage } from './instant-xml.ts';
import type { RailFacts } from './rails.ts';

/** Envelopes around a message at most; FedNow's has three. */
const MAX_ENVELOPES = 8;
const HEADERS: ReadonlySet<string> = new Set(['apphdr', 'businessapplicationheader', 'bah']);
const SERVICES: ReadonlySet<string> = new Set(['bizsvc', 'businessservice']);
/** Where a message says what it is: the definition in its header, a namespace, a type beside the body. */
const SAYS_KIND: ReadonlySet<string> = new Set([
  'msgdefidr',
  'messagedefinitionidentifier',
  'xmlns',
  '@xmlns',
  'txtp',
]);

/** Reads one message. @throws CountersignError where it is refused. */
export function readJsonMessage(bytes: Buffer, fileName: string): FoundMessage {
  const json = readJson(bytes, fileName, isElementName);
  const search = new MessageInJson(json, new LineIndex(bytes), fileName);
  return search.read();
}

interface Body {
  readonly kind: InstantKind;
  readonly json: JsonNode;
}

class MessageInJson {
  readonly #root: JsonNode;
  readonly #lines: LineIndex;
  readonly #fileName: string;
  readonly #facts: RailFacts = { localInstruments: [], serviceLevels: [] };
  readonly #bodies: Body[] = [];
  #said: NamedMessage | undefined;

  constructor(root: JsonNode, lines: LineIndex, fileName: string) {
    this.#root = root;
    this.#lines = lines;
    this.#fileName = fileName;
  }

  read(): FoundMessage {
    if (this.#root.kind !== 'object') {
      this.#fail('JSON_FORM', 'The message is not a JSON object.', this.#root, 'one message in an object');
    }
    this.#search(this.#root, 0);
    const body = this.#only();
    if (this.#said !== undefined && this.#said.name !== body.kind) {
      this.#fail(
        'INSTANT_NAMESPACE',
        'The header names another message than the one it holds.',
        body.json,
        body.kind,
      );
    }
    const content = this.#walk(body);
    const version = this.#said?.version;
    return { kind: body.kind, ...(version === undefined ? {} : { version }), content, facts: this.#facts };
  }

  /** Looks for the body through envelopes, and notes on the way what they say of kind and rail. */
  #search(json: JsonNode, depth: number): void {
    for (const member of json.children) {
      const plain = plainName(member.name);
      const rail = railOfRoot(member.name, plain === 'xmlns' || plain === '@xmlns' ? member.text : '');
      if (rail !== undefined) this.#facts.envelope ??= rail;
      if (SAYS_KIND.has(plain)) this.#hear(member);
      if (member.kind !== 'object') continue;
      if (HEADERS.has(plain)) this.#header(member);
      else this.#inside(member, depth);
    }
  }

  #inside(member: JsonNode, depth: number): void {
    const kind = kindOfBody(member.name);
    // RTP's envelope has an element that is called like the message it holds.
    const holdsBody = member.children.some((child) => kindOfBody(child.name) !== undefined);
    if (kind !== undefined && !holdsBody) this.#bodies.push({ kind, json: member });
    else if (depth < MAX_ENVELOPES) this.#search(member, depth + 1);
  }

  #header(header: JsonNode): void {
    for (const member of header.children) {
      const plain = plainName(member.name);
      if (SAYS_KIND.has(plain)) this.#hear(member);
      const isPractice = plain === 'mktprctc' || plain === 'marketpractice';
      const told = isPractice ? member.children.find(isId) : SERVICES.has(plain) ? member : undefined;
      const rail = told === undefined ? undefined : railOfHeader(told.text);
      if (rail !== undefined) this.#facts.envelope ??= rail;
    }
  }

  #hear({ text, kind }: JsonNode): void {
    if (kind !== 'string') return;
    const said = messageOfDefinition(text) ?? messageOfNamespace(text);
    // The namespace of a business header names the header.
    if (said !== undefined && said.name !== 'head.001') this.#said ??= said;
  }

  #only(): Body {
    const [body, second] = this.#bodies;
    if (body === undefined) {
      this.#fail(
        'INSTANT_KIND_UNKNOWN',
        'The message is not one that is taken one by one.',
        this.#root,
        `${EXPECTED_KINDS}, as {"${INSTANT_BODIES['pacs.008']}": {…}} and the like`,
      );
    }
    if (second !== undefined) {
      this.#fail(
        'CAMT_FIELD_INVALID',
        'The envelope holds more than one message.',
        second.json,
        'one message',
      );
    }
    return body;
  }

  #walk({ kind, json }: Body) {
    const namespace = canonicalNamespace(kind);
    if (kind === 'camt.054') {
      const reader = new NotificationReader(this.#fileName);
      const walk = new JsonWalk(reader, namespace, this.#lines, this.#fileName);
      reader.source = walk;
      walk.walk(CAMT_TREES[kind], INSTANT_BODIES[kind], json);
      return reader.finish();
    }
    const reader = new InstantReader(kind, this.#fileName, this.#facts);
    const walk = new JsonWalk(reader, namespace, this.#lines, this.#fileName);
    reader.source = walk;
    walk.walk(INSTANT_TREES[kind], INSTANT_BODIES[kind], json);
    return reader.finish();
  }

  #fail(
    code: 'JSON_FORM' | 'INSTANT_KIND_UNKNOWN' | 'INSTANT_NAMESPACE' | 'CAMT_FIELD_INVALID',
    message: string,
    at: JsonNode,
    expected: string,
  ): never {
    const line = this.#lines.lineAt(at.byteStart);
    throw new CountersignError(code, message, { file: this.#fileName, line, byte: at.byteStart, expected });
  }
}

function isId({ name }: JsonNode): boolean {
  return plainName(name) === 'id' || plainName(name) === 'identification';
}
