/** Which rail a message came by, as far as it tells. */
import type { InstantItem, RailId } from './instant-types.ts';
import type { RailFacts } from './rails.ts';

/** Codes of ISO 20022's external list of clearing systems that belong to one rail. */
const CLEARING_SYSTEMS: Readonly<Record<string, RailId>> = {
  FDN: 'fednow',
  TCH: 'rtp',
  FDW: 'fedwire',
};

/** The number that Pix gives every payment: E, the bank's number, date and time, and eleven characters. */
const PIX_ID = /^E\d{8}\d{12}[A-Za-z0-9]{11}$/;

/** The rail by envelope, settlement and instruments; undefined where these do not tell, or leave it open. */
export function railOf(facts: RailFacts, items: readonly InstantItem[]): RailId | undefined {
  if (facts.envelope !== undefined) return facts.envelope;
  const system = facts.clearingSystem;
  const bySystem = system === undefined ? undefined : CLEARING_SYSTEMS[system];
  if (bySystem !== undefined) return bySystem;
  // Hong Kong's system calls itself FPS too, so the currency must say that it is the British one.
  if (system === 'FPS') return isAllIn(items, 'GBP') ? 'faster-payments' : undefined;
  if (facts.localInstruments.includes('FDNA')) return 'fednow';
  if (facts.localInstruments.includes('INST') && facts.serviceLevels.includes('SEPA')) return 'sepa-instant';
  // G001 to G009 are the service levels of gpi.
  if (facts.serviceLevels.some((level) => /^G00[1-9]$/.test(level))) return 'swift-gpi';
  return items.length > 0 && items.every(isPix) ? 'pix' : undefined;
}

function isPix(item: InstantItem): boolean {
  const id = item.kind === 'payment' ? item.keys.endToEndId : item.original.endToEndId;
  return id !== undefined && PIX_ID.test(id);
}

function isAllIn(items: readonly InstantItem[], currency: string): boolean {
  return items.every((item) => currencyOf(item) === currency);
}

function currencyOf(item: InstantItem): string | undefined {
  if (item.kind === 'payment') return item.transaction.currency;
  return item.kind === 'return' ? item.returned.currency : item.originalAmount?.currency;
}
