/** What stands around a single message: envelopes, business headers, and which message they hold. */
import type { InstantKind, RailId } from './instant-types.ts';

/** The namespaces of the messages: those of ISO 20022 in any version, and those of Pix, which has its own. */
const ISO_MESSAGE = /^urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.\d{3})\.(\d{3}\.\d{2})$/;
const PIX_MESSAGE = /^https:\/\/www\.bcb\.gov\.br\/pi\/([a-z]{4}\.\d{3})\/(\d{1,2}\.\d{1,2})$/;
/** `MsgDefIdr` of a business header; Pix writes `pacs.008.spi.1.13`. */
const DEFINITION = /^([a-z]{4}\.\d{3})\.(\d{3}\.\d{2}|spi\.\d{1,2}\.\d{1,2})$/;

const KINDS: ReadonlySet<string> = new Set(['pacs.008', 'pacs.002', 'pacs.004', 'camt.054', 'camt.056']);

/** What a namespace or a message definition identifier names. */
export interface NamedMessage {
  /** As it names it: `pacs.008`, and also `pain.001`, which is not read here. */
  readonly name: string;
  readonly version: string;
}

/** The message of a namespace, if it is one of a message. */
export function messageOfNamespace(namespace: string): NamedMessage | undefined {
  const found = ISO_MESSAGE.exec(namespace) ?? PIX_MESSAGE.exec(namespace);
  return found === null ? undefined : { name: found[1] as string, version: found[2] as string };
}

/** The message that a business header names, if it names one. */
export function messageOfDefinition(definition: string): NamedMessage | undefined {
  const found = DEFINITION.exec(definition);
  if (found === null) return undefined;
  return { name: found[1] as string, version: (found[2] as string).replace(/^spi\./, '') };
}

export function isInstantKind(name: string): name is InstantKind {
  return KINDS.has(name);
}

/** The rail whose envelope this is, by the outermost element's name and namespace. */
export function railOfRoot(local: string, namespace: string): RailId | undefined {
  if (/^FedNow(?:Incoming|Outgoing)/.test(local) || namespace.startsWith('urn:fednow:')) return 'fednow';
  if (namespace === 'urn:tch') return 'rtp';
  return PIX_MESSAGE.test(namespace) ? 'pix' : undefined;
}

/** The rail that a business header's market practice or business service names. */
export function railOfHeader(value: string): RailId | undefined {
  if (/^frb\.fednow\b/i.test(value)) return 'fednow';
  return undefined;
}
