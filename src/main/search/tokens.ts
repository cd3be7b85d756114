/** Letters that do not decompose into a base letter and a mark, spelled as the desk types them. */
const SPELLED: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  þ: 'th',
};

/** Lower case without marks, so that `Müller`, `MULLER` and `muller` are one word. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ßæœøđłþ]/g, (letter) => SPELLED[letter]!);
}

/** The words of a text: folded runs of letters and digits. */
export function tokenise(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** `text` as an account number without its blanks, folded; undefined where it does not look like an IBAN. */
export function asAccountNumber(text: string): string | undefined {
  const compact = text.replace(/\s/g, '').toUpperCase();
  return /^[A-Z]{2}\d{2}[A-Z0-9]{6,30}$/.test(compact) ? compact.toLowerCase() : undefined;
}

/**
 * The plain decimal (`31000.00`, `31000.5`, `31000`) that a typed amount means, whichever
 * grouping it was typed with; undefined where the text is no amount.
 */
export function asAmount(text: string): string | undefined {
  const compact = text.trim().replace(/[\s'’]/g, '');
  if (!/^\d[\d.,]*$/.test(compact)) return undefined;
  const lastMark = Math.max(compact.lastIndexOf('.'), compact.lastIndexOf(','));
  const fractionDigits = lastMark < 0 ? 0 : compact.length - lastMark - 1;
  const hasFraction = lastMark >= 0 && fractionDigits > 0 && fractionDigits !== 3;
  const whole = (hasFraction ? compact.slice(0, lastMark) : compact).replace(/[.,]/g, '');
  return hasFraction ? `${whole}.${compact.slice(lastMark + 1)}` : whole;
}

/** The token under which an amount's plain decimal is indexed: without zeros that end the fraction. */
export function amountToken(decimal: string): string {
  const trimmed = decimal.includes('.') ? decimal.replace(/0+$/, '').replace(/\.$/, '') : decimal;
  return `=${trimmed.replace(/^0+(?=\d)/, '')}`;
}

/** True where one insertion, deletion, change or swap of neighbours makes `a` into `b`. */
export function withinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  const restA = a.slice(start);
  const restB = b.slice(start);
  if (restA === restB) return true;
  if (restA.length > restB.length) return restA.slice(1) === restB;
  if (restB.length > restA.length) return restB.slice(1) === restA;
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
