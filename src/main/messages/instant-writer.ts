/**
 * Writes single messages, in XML or JSON, bare or in the envelope of a rail: the way back of `readInstant`. It is
 * the road for answers that go out, and what a demonstration sends in.
 */
import { type Element, type el, leaf, toJson, toXml } from './instant-elements.ts';
import { INSTANT_BODIES } from './instant-schema.ts';
import type { InstantKind } from './instant-types.ts';
import {
  recalls,
  returns,
  statuses,
  transfers,
  type WrittenHead,
  type WrittenItem,
  type WrittenPayment,
  type WrittenRecall,
  type WrittenReturn,
  type WrittenStatus,
} from './instant-writing.ts';
import { notifications } from './instant-writing-camt.ts';

export interface WrittenMessage extends WrittenHead {
  readonly kind: InstantKind;
  /** `001.08`; where nothing is said, the version that most rails use. */
  readonly version?: string;
  readonly items: readonly WrittenItem[];
}

/** What stands around the message: FedNow's or RTP's own envelope, or a business header in a plain one. */
export type WrittenEnvelope = 'fednow' | 'rtp' | 'business';

const VERSIONS: Readonly<Record<InstantKind, string>> = {
  'pacs.008': '001.08',
  'pacs.002': '001.10',
  'pacs.004': '001.09',
  'camt.054': '001.08',
  'camt.056': '001.08',
};

/** What the envelopes call the element around each message. */
const FEDNOW_NAMES: Readonly<Record<InstantKind, string>> = {
  'pacs.008': 'FedNowCustomerCreditTransfer',
  'pacs.002': 'FedNowPaymentStatus',
  'pacs.004': 'FedNowPaymentReturn',
  'camt.054': 'FedNowAccountDebitCreditNotification',
  'camt.056': 'FedNowReturnRequest',
};
const RTP_NAMES: Readonly<Record<InstantKind, string>> = {
  'pacs.008': 'CreditTransfer',
  'pacs.002': 'MessageStatusReport',
  'pacs.004': 'PaymentReturn',
  'camt.054': 'DebitCreditNotification',
  'camt.056': 'ReturnOfFunds',
};

/** Writes one message. Names and references that are not there are left out, never invented. */
export function writeInstant(
  message: WrittenMessage,
  form: 'json' | 'xml',
  envelope?: WrittenEnvelope,
): string {
  const root = rootOf(message, envelope);
  if (form === 'xml') return `<?xml version="1.0" encoding="UTF-8"?>${toXml(root)}`;
  return JSON.stringify({ [root.name]: toJson(root) });
}

function rootOf(message: WrittenMessage, envelope: WrittenEnvelope | undefined): Element {
  const version = message.version ?? VERSIONS[message.kind];
  const namespace = `urn:iso:std:iso:20022:tech:xsd:${message.kind}.${version}`;
  const body: Element = {
    name: INSTANT_BODIES[message.kind],
    children: contentOf(message).filter((child) => child !== undefined),
  };
  const document: Element = { name: 'Document', namespace, children: [body] };
  if (envelope === undefined) return document;
  const definition = `${message.kind}.${version}`;
  if (envelope === 'rtp') {
    const inside: Element = { name: RTP_NAMES[message.kind], children: [{ ...body, namespace }] };
    const header = headerOf(message, definition, 'head.001.001.01');
    return { name: 'Message', namespace: 'urn:tch', children: [header, inside] };
  }
  const header = headerOf(message, definition, 'head.001.001.02');
  if (envelope === 'business') return { name: 'BizMsgEnvlp', children: [header, document] };
  const named: Element = { name: FEDNOW_NAMES[message.kind], children: [header, document] };
  const outgoing: Element = { name: 'FedNowOutgoingMessage', children: [named] };
  return { name: 'FedNowOutgoing', namespace: 'urn:fednow:outgoing:v001', children: [outgoing] };
}

function headerOf(message: WrittenMessage, definition: string, version: string): Element {
  const children = [
    leaf('BizMsgIdr', message.messageId),
    leaf('MsgDefIdr', definition),
    leaf('CreDt', message.createdAt),
  ].filter((child) => child !== undefined);
  return { name: 'AppHdr', namespace: `urn:iso:std:iso:20022:tech:xsd:${version}`, children };
}

function contentOf(message: WrittenMessage): ReturnType<typeof el>[] {
  const { items } = message;
  switch (message.kind) {
    case 'pacs.008':
      return transfers(message, items as readonly WrittenPayment[]);
    case 'pacs.002':
      return statuses(message, items as readonly WrittenStatus[]);
    case 'pacs.004':
      return returns(message, items as readonly WrittenReturn[]);
    case 'camt.056':
      return recalls(message, items as readonly WrittenRecall[]);
    case 'camt.054':
      return notifications(message, items as readonly WrittenPayment[]);
  }
}
