import { ORPCError } from '@orpc/client';
import type { ConnectorLine, DeadLetterLine, MessageAnswer } from '../../../contract/connectors.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { table } from './output.ts';
import { createSplitter, type StreamedMessage } from './split-messages.ts';

const DEMO_RATE = 200;
const DEMO_SECONDS = 30;
/** Messages that are sent ahead of the answers; these come in the order of the messages. */
const AHEAD = 128;
const HOLD_MS = 200;
const PAGE_ROWS = 500;

/** Throws `UsageError` where the words after `feed` make no sense. */
export function checkFeedOperands([word, ...rest]: readonly string[], stdin: boolean): void {
  if (stdin) {
    if (word === undefined) return;
    throw new UsageError('feed --stdin takes no further word.');
  }
  const counts: Record<string, number> = { list: 0, 'dead-letters': 0, retry: 1, key: 2 };
  if (word === undefined || counts[word] === undefined) {
    throw new UsageError('feed takes --stdin, list, dead-letters, retry ID|CODE or key CONNECTOR NAME.');
  }
  if (rest.length !== counts[word]) throw new UsageError(`feed ${word} takes ${counts[word]} further words.`);
}

/** What `demo` may be followed by. */
export const DEMOS: readonly string[] = ['four-eyes', 't0'];

/** Which demonstration each option belongs to. */
export function checkDemoOperands({ operands, out, rate, seconds }: Arguments): void {
  if (out !== undefined && operands[0] !== 'four-eyes')
    throw new UsageError('--out belongs to demo four-eyes.');
  const isT0 = operands[0] === 't0';
  if (!isT0 && (rate !== undefined || seconds !== undefined)) {
    throw new UsageError('--rate and --seconds belong to demo t0.');
  }
  if (rate === 0 || seconds === 0) throw new UsageError('--rate and --seconds take at least 1.');
  if ((rate ?? 1) * (seconds ?? 1) > 1_000_000) {
    throw new UsageError('The demonstration sends a million messages at most.');
  }
}

/** `countersign feed …`. */
export async function feedCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const [word, first = '', second = ''] = args.operands;
  if (args.stdin) {
    const write = (line: string) => process.stdout.write(line);
    return feedMessages(client, process.stdin, write, signal);
  }
  if (word === 'list') return listConnectors(client);
  if (word === 'dead-letters') return listDeadLetters(client, signal);
  if (word === 'retry') return retry(client, first);
  const key = await client.connectors.createKey({ id: first, caller: second });
  return { json: key, text: `key:    ${key.keyId}\nsecret: ${key.secret}`, exitCode: EXIT.done };
}

/** What one line of the output says. */
type Line = MessageAnswer | { readonly error: { readonly code: string; readonly message: string } };

/**
 * Sends every message of a stream, and writes an answer a line, in order, as soon as it is there: a sender may
 * wait for an answer before it writes on. Nothing more is read while the queue of the console is full.
 */
export async function feedMessages(
  client: Client,
  input: AsyncIterable<Uint8Array>,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<Answer> {
  const underWay: Promise<void>[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  let last = Promise.resolve();
  const counts = { messages: 0, taken: 0, deadLettered: 0, refused: 0 };
  const tell = (line: Line) => {
    counts.messages += 1;
    if ('error' in line) counts.refused += 1;
    else if (line.result === 'dead-lettered') counts.deadLettered += 1;
    else counts.taken += 1;
    write(`${JSON.stringify(line)}\n`);
  };
  const splitter = createSplitter();
  const send = async (messages: Generator<StreamedMessage>) => {
    for (const message of messages) {
      signal.throwIfAborted();
      const answer = submit(client, message, signal);
      // Each is told of after the one before, whichever is answered first.
      last = Promise.all([answer, last]).then(([line]) => tell(line));
      last.catch(failed.reject);
      underWay.push(last);
      if (underWay.length >= AHEAD) await underWay.shift();
    }
  };
  const chunks = input[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([chunks.next(), failed.promise]);
    if (next.done) break;
    await send(splitter.push(next.value));
  }
  await send(splitter.end());
  await last;
  const isWhole = counts.deadLettered + counts.refused === 0;
  return { json: undefined, text: '', exitCode: isWhole ? EXIT.done : EXIT.refused };
}

async function submit(client: Client, message: StreamedMessage, signal: AbortSignal): Promise<Line> {
  if (message.tooLong) {
    return {
      error: { code: 'CONNECTOR_MESSAGE_TOO_LARGE', message: 'The message is larger than the queue takes.' },
    };
  }
  for (;;) {
    try {
      return await client.connectors.submit({ message: new Blob([new Uint8Array(message.bytes)]) });
    } catch (error) {
      if (!(error instanceof ORPCError)) throw error;
      const { code } = error;
      if (code === 'CONNECTOR_QUEUE_FULL' && !signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, HOLD_MS));
        continue;
      }
      // Who may not, or has no vault any more, need not hear it for each message.
      if (/^(NOT_|VAULT_|AUDIT_|CONNECTOR_STOPPED)/.test(code)) throw error;
      return { error: { code, message: error.message } };
    }
  }
}

async function listConnectors(client: Client): Promise<Answer> {
  const connectors = await client.connectors.list();
  const text =
    connectors.length === 0
      ? 'No connector is set up.'
      : table<ConnectorLine>(
          [
            { title: 'id', align: 'right', text: ({ id }) => id },
            { title: 'name', text: ({ label }) => label },
            { title: 'kind', text: ({ settings }) => settings.kind },
            { title: 'state', text: ({ state, code }) => (code === null ? state : `${state} (${code})`) },
            { title: 'address', text: ({ address }) => address ?? '' },
            { title: 'taken', align: 'right', text: ({ taken }) => String(taken) },
            { title: 'dead', align: 'right', text: ({ deadLettered }) => String(deadLettered) },
          ],
          connectors,
        );
  return { json: { connectors }, text, exitCode: EXIT.done };
}

async function listDeadLetters(client: Client, signal: AbortSignal): Promise<Answer> {
  const deadLetters: DeadLetterLine[] = [];
  let cursor: string | null = null;
  do {
    signal.throwIfAborted();
    const page: { rows: DeadLetterLine[]; nextCursor: string | null } = await client.connectors.deadLetters({
      ...{ limit: PAGE_ROWS, state: 'open' },
      ...(cursor === null ? {} : { cursor }),
    });
    deadLetters.push(...page.rows);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const text =
    deadLetters.length === 0
      ? 'No message lies on the dead-letter list.'
      : table<DeadLetterLine>(
          [
            { title: 'id', align: 'right', text: ({ id }) => id },
            { title: 'from', text: ({ source }) => source },
            { title: 'reason', text: ({ code }) => code },
            { title: 'where', text: ({ path, line }) => path ?? (line === null ? '' : `line ${line}`) },
            { title: 'bytes', align: 'right', text: ({ sizeBytes }) => String(sizeBytes) },
            { title: 'tries', align: 'right', text: ({ attempts }) => String(attempts) },
            { title: 'first', text: ({ firstAtMs }) => new Date(firstAtMs).toISOString() },
          ],
          deadLetters,
        );
  return { json: { deadLetters }, text, exitCode: EXIT.done };
}

async function retry(client: Client, which: string): Promise<Answer> {
  if (/^\d+$/.test(which)) {
    const answer = await client.connectors.retry({ id: which });
    const isTaken = answer.result !== 'dead-lettered';
    const text = isTaken ? `Taken in as message ${answer.messageNumber}.` : `Refused again: ${answer.code}.`;
    return { json: answer, text, exitCode: isTaken ? EXIT.done : EXIT.refused };
  }
  const result = await client.connectors.retryAll({ code: which });
  const text = `${result.tried} tried: ${result.taken} taken in, ${result.failed} refused again.`;
  return { json: result, text, exitCode: result.failed === 0 ? EXIT.done : EXIT.refused };
}

/** `countersign demo t0`: a day of instant payments on a vault of its own, which is removed afterwards. */
export async function demoT0Command(
  { rate = DEMO_RATE, seconds = DEMO_SECONDS }: Arguments,
  signal: AbortSignal,
): Promise<Answer> {
  const { runT0Demo } = await import('../../engine/index.ts');
  // The timers of the engine keep no process alive; this one does, until the demonstration is over.
  const alive = setInterval(() => {}, 1_000);
  try {
    const result = await runT0Demo({ rate, seconds, signal });
    const { received, prePosted, cleared, open, unmatched, duplicates, returned, deadLettered } = result;
    const text = [
      `${received} messages: ${prePosted} pre-posted, ${unmatched} for people, ${duplicates} duplicates, ` +
        `${returned} returns, ${deadLettered} dead letters.`,
      `Of the pre-postings the statements confirmed ${cleared}; ${open} are open.`,
      `From received to committed: median ${result.p50Ms} ms, p99 ${result.p99Ms} ms.`,
    ];
    return { json: result, text: text.join('\n'), exitCode: EXIT.done };
  } finally {
    clearInterval(alive);
  }
}
