/** One message down the road: rows, match, pre-post and one audit record, in the caller's transaction. */
import { CountersignError } from '../base/index.ts';
import type { Caller } from '../base/procedures.ts';
import { sha256 } from '../crypto/index.ts';
import type { InstantItem, InstantMessage, RailId } from '../messages/index.ts';
import type { InstantChanges } from '../reconciliation/index.ts';
import { arrivePayment } from './arriving.ts';
import type { InstantContext } from './context.ts';
import type { Changing } from './joining.ts';
import { sharingWithNotices, subjectsOf, tagsOf } from './known.ts';
import { takeRecall, takeReturn, takeStatus } from './notices.ts';
import { calledOne, unite } from './uniting.ts';

export interface Taking {
  readonly message: InstantMessage;
  /** The bytes as they came. */
  readonly raw: Uint8Array;
  /** The connector that brought it. */
  readonly source: string;
  readonly receivedAtMs: number;
}

export interface ValueReceived {
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly matchedMinor: bigint;
  /** The rail that is told of it where that is not the message's own. */
  readonly rail?: string | null;
}

/** What became of a message. */
export interface InstantOutcome {
  readonly messageNumber: bigint;
  /** `duplicate`: the same message came before, and this is what was answered then. */
  readonly result: 'taken' | 'duplicate';
  /** Payments newly known. */
  readonly received: number;
  readonly prePosted: number;
  /** Payments which a statement had confirmed already. */
  readonly cleared: number;
  /** Matches that returns and rejections took back, or of money that was told of twice. */
  readonly reopened: number;
  /** Recalls, and payments that the scorer holds. */
  readonly held: number;
  readonly rail: RailId | null;
  /**
   * Money in and out, unsigned; `matchedMinor` is what of it pays open items. Less than zero where two payments
   * of the same day turned out to be one.
   */
  readonly valueMinor: readonly ValueReceived[];
}

/** The counts of a message as it is worked through. */
export interface Tally {
  received: number;
  prePosted: number;
  cleared: number;
  reopened: number;
  held: number;
  readonly value: Map<string, { amountMinor: bigint; matchedMinor: bigint }>;
  /** What was counted before, and twice: less than zero. */
  readonly retracted: ValueReceived[];
}

const MESSAGE_INDEX = 'instant.message';

/**
 * Takes one message. Errors: INSTANT_NOT_READY, INSTANT_MESSAGE_REUSED, INSTANT_ACCOUNT_UNKNOWN,
 * INSTANT_RETURN_EXCEEDS, INSTANT_RETURN_OF_RETURN, INSTANT_SEVERAL_PAYMENTS.
 */
export function takeMessage(context: InstantContext, taking: Taking, caller: Caller): InstantOutcome {
  const { vault, reconciliation, book } = context;
  if (!reconciliation.online.isReady() || !book.isAware()) {
    throw new CountersignError(
      'INSTANT_NOT_READY',
      'What is owed is still being read into memory; the message waits.',
    );
  }
  return vault.joined(() => {
    const identity = identityOf(context, taking.message);
    return repeated(context, identity) ?? takeNew(context, taking, identity, caller);
  });
}

type Identity = ReturnType<typeof identityOf>;

/** A bank's head office may be written with its branch code or without. */
const bankOf = (sender: string): string => sender.toUpperCase().replace(/^(.{8})XXX$/, '$1');

/** The tag of the message's own id, which is its sender's, and the hash of what it says whatever it is written in. */
function identityOf({ sealing }: InstantContext, message: InstantMessage) {
  const { kind, rail = '', sender = '', messageId, items } = message;
  const text = JSON.stringify(items, (name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : name === 'position' ? undefined : value,
  );
  return {
    tag: sealing.blindTag(MESSAGE_INDEX, `${kind} ${rail} ${bankOf(sender)} ${messageId}`),
    contentHash: sha256(Buffer.from(text, 'utf8')),
  };
}

/** What was answered to the same message before; undefined where it is new. Errors: INSTANT_MESSAGE_REUSED. */
function repeated(context: InstantContext, { tag, contentHash }: Identity): InstantOutcome | undefined {
  const known = context.store.messageByTag(tag);
  if (known === undefined) return undefined;
  if (!known.contentHash.equals(contentHash)) {
    throw new CountersignError(
      'INSTANT_MESSAGE_REUSED',
      'A message of that id came before and said something else.',
      { path: 'MsgId', expected: 'a new message id' },
    );
  }
  return { ...readOutcome(known.outcome), messageNumber: known.id, result: 'duplicate' };
}

function takeNew(
  context: InstantContext,
  taking: Taking,
  identity: Identity,
  caller: Caller,
): InstantOutcome {
  const { message, raw, source, receivedAtMs } = taking;
  const { store, sealing, reconciliation } = context;
  const messageId = store.lastMessageId() + 1n;
  const tally: Tally = {
    ...{ received: 0, prePosted: 0, cleared: 0, reopened: 0, held: 0 },
    ...{ value: new Map(), retracted: [] },
  };
  const { items } = message;
  const changing = { context, atMs: receivedAtMs, messageId };
  let outcome: InstantOutcome | undefined;
  let at = 0;
  // Mostly one change. A second word about one payment needs what the first has written.
  const takeSome = (changes: InstantChanges): void => {
    const touched = new Set<bigint>();
    changes.subject('instant-message', messageId);
    do {
      takeItem({ ...changing, changes, touched }, message, items[at]!, tally);
      at += 1;
    } while (at < items.length && !needsWritten(context, items[at]!, touched));
    if (at < items.length) return;
    const taken = outcomeOf(messageId, message, tally);
    outcome = taken;
    changes.say({
      action: 'message',
      message: messageId,
      kind: message.kind,
      rail: message.rail ?? null,
      source,
      items: message.items.length,
    });
    changes.write((record) => {
      const rawSealedId = sealing.seal({
        purpose: 'bank_message',
        table: 'instant_message',
        column: 'raw',
        applicationId: messageId.toString(),
        plaintext: raw,
      });
      store.insertMessage({
        ...identity,
        id: messageId,
        kind: message.kind,
        version: message.version ?? null,
        form: message.form,
        rail: message.rail ?? null,
        source,
        receivedAtMs: BigInt(Math.trunc(receivedAtMs)),
        outcome: writeOutcome(taken),
        rawSealedId,
        record,
      });
    });
  };
  while (at < items.length) {
    const item = items[at]!;
    for (const one of item.kind === 'payment' ? [] : calledOne(context, item)) {
      reconciliation.instant.joinedChange(caller, 'instant.join', (changes) => {
        unite({ ...changing, changes }, one, [], tally);
      });
    }
    reconciliation.instant.joinedChange(caller, 'instant.take', takeSome);
  }
  return outcome!;
}

function takeItem(changing: Changing, message: InstantMessage, item: InstantItem, tally: Tally): void {
  if (item.kind === 'payment') arrivePayment(changing, message, item, tally);
  else if (item.kind === 'status') takeStatus(changing, item, tally);
  else if (item.kind === 'return') takeReturn(changing, item, tally);
  else takeRecall(changing, item, tally);
}

/** Whether an item needs what is not written yet: it shares a reference with a payment spoken of, or calls two one. */
function needsWritten(context: InstantContext, item: InstantItem, touched: ReadonlySet<bigint>): boolean {
  if (touched.size === 0) return false;
  const keys = item.kind === 'payment' ? item.keys : item.original;
  const subjects = subjectsOf(context, tagsOf(context, keys));
  if (sharingWithNotices(context, subjects).some(({ id }) => touched.has(id))) return true;
  return item.kind !== 'payment' && calledOne(context, item).length > 0;
}

function outcomeOf(messageNumber: bigint, message: InstantMessage, tally: Tally): InstantOutcome {
  const { value, retracted, ...counts } = tally;
  return {
    messageNumber,
    result: 'taken',
    ...counts,
    rail: message.rail ?? null,
    valueMinor: [...[...value].map(([currency, amounts]) => ({ currency, ...amounts })), ...retracted],
  };
}

const writeOutcome = ({ messageNumber: _number, result: _result, ...rest }: InstantOutcome): string =>
  JSON.stringify(rest, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

function readOutcome(text: string): Omit<InstantOutcome, 'messageNumber' | 'result'> {
  return JSON.parse(text, (name, value: unknown) =>
    name.endsWith('Minor') && typeof value === 'string' ? BigInt(value) : value,
  );
}
