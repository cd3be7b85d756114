/** How one value is masked: enough is left to know a thing again, and too little to know who it is. */
import type { MaskKind } from '../../contract/common.ts';

const DOTS = '••••';
/** Stands in the place of text that goes whole. */
const WHOLE = '•••';
/** What a room shows in place of a value that was erased. */
const ERASED = 'erased';
const MOST_INITIALS = 3;

const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** `DE02 •••• •••• 2051`; of a number that is no IBAN the last four. */
function account(value: string): string {
  const bare = value.replace(/\s+/g, '').toUpperCase();
  if (bare === '' || value === ERASED) return value;
  if (IBAN.test(bare)) return `${bare.slice(0, 4)} ${DOTS} ${DOTS} ${bare.slice(-4)}`;
  return bare.length < 8 ? DOTS : `${DOTS} ${bare.slice(-4)}`;
}

/** `M••••• K•••••`: the dots say nothing of the length. */
function name(value: string): string {
  if (value === ERASED || DATE.test(value)) return value;
  const words = value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const initials = words.slice(0, MOST_INITIALS).map((word) => `${[...word][0] ?? ''}•••••`);
  return initials.join(' ');
}

function leadingName(value: string): string {
  const at = value.lastIndexOf(' · ');
  return at < 0 ? name(value) : name(value.slice(0, at)) + value.slice(at);
}

const text = (value: string): string => (value === '' ? '' : WHOLE);

/** An IBAN as it stands in longer text, with or without blanks, and any long row of digits. */
const QUOTED = /[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}|\d{9,}/gi;
const quoting = (value: string): string => value.replace(QUOTED, account);

/** Words of the machine: codes, ids, hashes, dates, decimals. None of them holds a blank. */
const MACHINE =
  /^(?:[a-z][a-z0-9]*(?:[.:/-][a-z0-9]+)*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|-?\d{1,8}(?:\.\d+)?|\d{4}-\d{2}-\d{2}|[0-9a-f]{32,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Keys of details whose texts are written by the program alone. */
const MACHINE_KEYS = new Set(
  (
    'kind state status outcome code type format decision action before after retentionClass quarter purpose ' +
    'class procedure keyId keyIds id ids entry entries root leaf contentHash outputHash retainUntil through ' +
    'slotKind newSlotKind severity traceId engineVersion scorerVersion decidedBy roles permissions policy version'
  ).split(' '),
);

/** Keeps numbers, flags and the program's own words; every other text of a record's detail goes whole. */
function detail(value: string): string {
  try {
    return JSON.stringify(maskLeaf(JSON.parse(value), ''));
  } catch {
    return JSON.stringify(WHOLE);
  }
}

function maskLeaf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => maskLeaf(item, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, maskLeaf(item, inner)]));
  }
  if (typeof value !== 'string') return value;
  // Numbers beyond a double's precision stand in a record as text.
  if (/^-?\d{1,8}$/.test(value) || DATE.test(value)) return value;
  return MACHINE_KEYS.has(key) && MACHINE.test(value) ? value : WHOLE;
}

export const MASKS: Readonly<Record<MaskKind, (value: string) => string>> = {
  account,
  name,
  'leading-name': leadingName,
  text,
  quoting,
  detail,
};
