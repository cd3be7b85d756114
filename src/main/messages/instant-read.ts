/** Reads one single message of an instant rail, in XML or JSON, into values. */
import { addDays, CountersignError, dateOfMs, type IsoDate } from '../base/index.ts';
import { looksLikeUtf16 } from './encoding.ts';
import { readJsonMessage } from './instant-json-message.ts';
import type { InstantItem, InstantMessage, RailId } from './instant-types.ts';
import { EXPECTED_KINDS, type FoundMessage, readXmlMessage } from './instant-xml.ts';
import { railOf } from './rail-of.ts';

export interface InstantOptions {
  /** The rail of the source, where the message itself does not tell. */
  readonly rail?: RailId;
  /** The time of receipt; with it, settlement and booking dates beyond tomorrow are refused. */
  readonly nowMs?: number;
  /** What one message may be at most; 1 MiB where nothing is said. */
  readonly maxBytes?: number;
  /** How the source calls the message, for errors. */
  readonly name?: string;
}

/** Longest message that is read unless told otherwise. Larger ones are refused before a byte is looked at. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/**
 * Reads one message: pacs.008, pacs.002, pacs.004, camt.054 or camt.056, in XML or JSON, bare or in its envelope.
 * @throws CountersignError with a code of `messagesErrors` for whatever is not such a message.
 */
export function readInstant(bytes: Uint8Array, options: InstantOptions = {}): InstantMessage {
  const name = options.name ?? 'message';
  const limit = options.maxBytes ?? MAX_MESSAGE_BYTES;
  if (bytes.byteLength > limit) {
    throw new CountersignError('MESSAGE_TOO_LARGE', 'The message is larger than a single message may be.', {
      file: name,
      expected: `at most ${limit} bytes`,
      actual: `${bytes.byteLength} bytes`,
    });
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const form = formOf(buffer, name);
  const found = form === 'xml' ? readXmlMessage(buffer, name) : readJsonMessage(buffer, name);
  const { items, warnings, ...content } = found.content;
  if (options.nowMs !== undefined) checkDates(items, addDays(dateOfMs(options.nowMs), 1), name);
  const rail = railOf(found.facts, items) ?? options.rail;
  return {
    kind: found.kind,
    ...versionOf(found),
    form,
    ...(rail === undefined ? {} : { rail }),
    ...content,
    items,
    ...(warnings.length === 0 ? {} : { warnings }),
  };
}

function versionOf({ version }: FoundMessage) {
  return version === undefined ? {} : { version };
}

function formOf(bytes: Buffer, file: string): 'json' | 'xml' {
  if (looksLikeUtf16(bytes)) {
    throw new CountersignError('MESSAGE_ENCODING', 'The message is UTF-16, which is not read.', {
      file,
      expected: 'UTF-8',
    });
  }
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && (bytes[at] as number) <= 32) at++;
  const first = bytes[at];
  if (first === 60) return 'xml';
  if (first === 123 || first === 91) return 'json';
  throw new CountersignError('MESSAGE_TYPE_UNKNOWN', 'The content is neither XML nor a JSON object.', {
    file,
    line: 1,
    expected: EXPECTED_KINDS,
  });
}

function checkDates(items: readonly InstantItem[], latest: IsoDate, file: string): void {
  for (const item of items) {
    const date = dateOf(item);
    if (date === undefined || date <= latest) continue;
    const { line, path } = item.kind === 'payment' ? item.transaction.position : item.position;
    throw new CountersignError('DATE_IN_FUTURE', 'The settlement or booking date lies beyond tomorrow.', {
      file,
      line,
      path,
      expected: `at the latest ${latest}`,
      actual: date,
    });
  }
}

/** The day on which money moves; an entry that says itself that it lies ahead may. */
function dateOf(item: InstantItem): IsoDate | undefined {
  if (item.kind === 'return') return item.settlementDate;
  if (item.kind !== 'payment' || item.transaction.status === 'future') return undefined;
  return item.transaction.bookingDate;
}
