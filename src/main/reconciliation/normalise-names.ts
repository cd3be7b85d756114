/** Names of companies and people: what remains when spelling, legal form and word order go. Pure. */
import { fold, foldUmlauts } from './normalise-text.ts';

/** Legal forms, folded and without points; several words are joined before the look-up. */
const LEGAL_FORMS: ReadonlySet<string> = new Set(
  (
    'GMBH MBH GGMBH AG KG KGAA OHG UG GBR EK EG EV SE SCE LTD LIMITED PLC LLP LLC INC INCORPORATED CORP ' +
    'CORPORATION CO COMPANY SA SAS SARL SASU SNC SCA SPA SRL SAPA BV NV VOF CV AB OY OYJ AS ASA APS IVS ' +
    'SL SLU SLL SPZOO SPOO SP ZOO SRO DOO DD AD EOOD OOD KFT ZRT NYRT BT LDA UNIPESSOAL PTY PTE PVT KK ' +
    'GK TMI EIRL EURL AE EPE HF EHF UAB SIA TOV OOO ZAO PAO GESMBH GESELLSCHAFT AKTIENGESELLSCHAFT'
  ).split(' '),
);

/** Words that many companies carry; sharing one says little. */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'HANDEL HANDELS TRADING GROUP GRUPPE GROUPE HOLDING HOLDINGS SERVICE SERVICES INTERNATIONAL GLOBAL ' +
    'EUROPE EUROPA EURO DEUTSCHLAND GERMANY FRANCE SOLUTIONS SYSTEMS SYSTEME TECHNIK TECH TECHNOLOGY ' +
    'TECHNOLOGIES BAU IMMOBILIEN VERWALTUNG VERWALTUNGS BETEILIGUNGS VERTRIEB VERTRIEBS LOGISTIK LOGISTICS ' +
    'TRANSPORT INDUSTRIE INDUSTRIES INDUSTRIAL PARTNER PARTNERS CONSULTING MANAGEMENT ENTERPRISE ENTERPRISES ' +
    'PRODUCTION PRODUKTION MEDIA SUPPLY SUPPLIES WORKS NORD SUED OST WEST SOUTH NORTH EAST FIRMA HERR FRAU MR ' +
    'MRS DR THE DER DIE DAS DE LA LE LES DU UND AND ET E Y I'
  ).split(' '),
);

const JOINERS: ReadonlySet<string> = new Set([
  'UND',
  'AND',
  'ET',
  'E',
  'Y',
  'I',
  'THE',
  'DE',
  'LA',
  'DER',
  'DIE',
  'DAS',
  'LE',
  'LES',
  'DU',
  'OF',
  'FUER',
  'FUR',
  'FOR',
]);

export interface NormalName {
  /** Words that carry the name, in the order given, umlauts as base letters. */
  readonly words: readonly string[];
  /** Of each word how much it says of the name, and the set of its letters. */
  readonly weights: readonly number[];
  readonly letters: readonly number[];
  /** The words sorted and joined with a space: equal for any word order. */
  readonly sortedKey: string;
  /** The words joined without a space: equal where only the spacing differs. */
  readonly joined: string;
  /** The same joined words with umlauts written `AE OE UE`. */
  readonly joinedUmlauts: string;
  /** Legal forms in the order given, joined; empty where the name has none. */
  readonly legalForm: string;
}

/** Takes a name apart. `Müller & Söhne GmbH & Co. KG` → words `MULLER SOHNE`, legal form `GMBHCOKG`. */
export function normaliseName(name: string): NormalName {
  const short = name.slice(0, 200);
  const { words, forms } = splitWords(fold(short));
  const umlauts = splitWords(foldUmlauts(short)).words;
  return {
    words,
    weights: words.map(weightOf),
    letters: words.map(lettersOf),
    sortedKey: [...words].sort().join(' '),
    joined: words.join(''),
    joinedUmlauts: umlauts.join(''),
    legalForm: forms.join(''),
  };
}

function splitWords(folded: string): { words: string[]; forms: string[] } {
  const raw = folded
    .replace(/\b([A-Z])\.(?=[A-Z]\b)/g, '$1')
    .replace(/\bSP\W*Z\W*O\W*O\b/g, 'SPZOO')
    .replace(/\bS\W+R\W+O\b/g, 'SRO')
    .replace(/\bD\W+O\W+O\b/g, 'DOO')
    .replace(/\bE\W+K\b/g, 'EK')
    .replace(/\b([SBNA])[. ]+([AVBGSLP])\b\.?/g, '$1$2')
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '');
  const words: string[] = [];
  const forms: string[] = [];
  for (const [at, word] of raw.entries()) {
    const isCut = at === raw.length - 1 && at > 0 && folded.trimEnd().length >= 26 && isCutForm(word);
    if (isCut) {
      forms.push(word);
      continue;
    }
    if (LEGAL_FORMS.has(word)) forms.push(word);
    else if (!JOINERS.has(word)) words.push(word);
  }
  // A name made of nothing but forms and joiners (`CO`, `The Company`) still names somebody.
  return words.length > 0 ? { words, forms } : { words: raw, forms: [] };
}

/** The beginning of a legal form: what is left of it where a bank cuts names at 27 characters. */
function isCutForm(word: string): boolean {
  for (const form of LEGAL_FORMS) if (form.startsWith(word)) return true;
  return false;
}

/** True where the word is so common among companies that it identifies nobody. */
export function isCommonWord(word: string): boolean {
  return COMMON_WORDS.has(word) || word.length < 2;
}

/** A name that ends where the other goes on. */
const CUT_NAME = 0.94;
/** Shorter beginnings than this are shared by many names. */
const LEAST_CUT_LENGTH = 20;

/**
 * How alike a name that a payment tells is to one that is known, 0 to 1. 1 is the same name and form;
 * 0.97 the same name where one side leaves the form out; 0.94 a long beginning of it, as banks cut names
 * at 27, 35 or 70 characters; 0.9 the same name with another legal form (often a sister company).
 */
export function nameSimilarity(told: NormalName, known: NormalName): number {
  if (told.joined === '' || known.joined === '') return 0;
  const core = coreSimilarity(told, known);
  const whole = core < 0.9 ? core * 0.95 : core * formSimilarity(told.legalForm, known.legalForm);
  return whole < CUT_NAME && (isBeginning(told, known) || isBeginning(known, told)) ? CUT_NAME : whole;
}

function formSimilarity(told: string, known: string): number {
  if (told === known) return 1;
  if (told === '' || known === '') return 0.97;
  // A form cut short (`GMBH CO` for `GMBH CO KG`) is the same; what goes on after a whole one is another company's.
  const isCut = known.startsWith(told) || (told.startsWith(known) && !LEGAL_FORMS.has(known));
  return isCut ? 0.96 : 0.9;
}

function coreSimilarity(left: NormalName, right: NormalName): number {
  if (left.joined === right.joined || left.sortedKey === right.sortedKey) return 1;
  if (left.joinedUmlauts === right.joinedUmlauts || left.joined === right.joinedUmlauts) return 1;
  if (left.joinedUmlauts === right.joined) return 1;
  return wordOverlap(left, right);
}

/**
 * True where the name may be the other one cut short, umlauts spelt in either way. A whole legal form ends
 * a name; what looks like the beginning of one may be that of the other's next word.
 */
function isBeginning(short: NormalName, long: NormalName): boolean {
  return (
    startsAs(short.joined + short.legalForm, long.joined) ||
    startsAs(short.joinedUmlauts + short.legalForm, long.joinedUmlauts)
  );
}

function startsAs(beginning: string, name: string): boolean {
  return beginning.length >= LEAST_CUT_LENGTH && name.startsWith(beginning);
}

function wordOverlap(left: NormalName, right: NormalName): number {
  if (
    !left.words.some((word) =>
      right.words.some((other) => word[0] === other[0] || word.length === other.length),
    )
  )
    return 0;
  let shared = 0;
  let total = 0;
  const taken: boolean[] = [];
  for (let at = 0; at < left.words.length; at += 1) {
    const weight = left.weights[at]!;
    total += weight;
    let best = 0;
    let bestAt = -1;
    for (let other = 0; other < right.words.length; other += 1) {
      if (taken[other]) continue;
      const alike = wordSimilarity(left, at, right, other);
      if (alike <= best) continue;
      best = alike;
      bestAt = other;
    }
    if (bestAt < 0) continue;
    taken[bestAt] = true;
    const otherWeight = right.weights[bestAt]!;
    shared += best * Math.max(weight, otherWeight);
    total += Math.max(0, otherWeight - weight);
  }
  for (let at = 0; at < right.words.length; at += 1) if (!taken[at]) total += right.weights[at]!;
  return total === 0 ? 0 : Math.min(0.99, shared / total);
}

function weightOf(word: string): number {
  if (isCommonWord(word)) return 1;
  return Math.min(4, 1 + word.length / 3);
}

/** 1 for equal words, less for a misspelt, abbreviated or transposed one, 0 for different words. */
function wordSimilarity(left: NormalName, leftAt: number, right: NormalName, rightAt: number): number {
  const a = left.words[leftAt]!;
  const b = right.words[rightAt]!;
  if (a === b) return 1;
  const longest = Math.max(a.length, b.length);
  const shortest = Math.min(a.length, b.length);
  if (shortest >= 3 && a[0] === b[0] && (a.startsWith(b) || b.startsWith(a))) {
    return 0.6 + 0.3 * (shortest / longest);
  }
  const limit = longest >= 9 ? 2 : 1;
  if (longest < 5 || longest - shortest > limit) return 0;
  // An edit changes at most two letters of the set.
  if (hasMoreThan(left.letters[leftAt]! ^ right.letters[rightAt]!, 2 * limit)) return 0;
  const distance = boundedDistance(a, b, limit);
  return distance === undefined ? 0 : 1 - (distance * 1.1) / longest;
}

/** Edits (insert, delete, replace, swap of neighbours) between two words, if at most `limit`. */
export function boundedDistance(left: string, right: string, limit: number): number | undefined {
  if (Math.abs(left.length - right.length) > limit) return undefined;
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const distance = editDistance(left.slice(start, leftEnd), right.slice(start, rightEnd));
  return distance <= limit ? distance : undefined;
}

function hasMoreThan(letters: number, limit: number): boolean {
  let left = letters;
  for (let count = 0; left !== 0; left &= left - 1) {
    count += 1;
    if (count > limit) return true;
  }
  return false;
}

/** The set of a word's letters, a bit each. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let i = 0; i < word.length; i += 1) letters |= 1 << (word.charCodeAt(i) & 31);
  return letters;
}

/** Optimal string alignment distance of two short texts. */
function editDistance(left: string, right: string): number {
  if (left.length === 0 || right.length === 0) return left.length + right.length;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[right.length]!;
}
