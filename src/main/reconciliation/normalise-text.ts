/** Folding of text: what two spellings of one thing have in common. Pure. */

/** Longest text the engine reads of one payment; what lies beyond cannot hold the engine up. */
export const TEXT_LIMIT = 4_000;

const LIGATURES: Readonly<Record<string, string>> = {
  ß: 'SS',
  ẞ: 'SS',
  Æ: 'AE',
  Œ: 'OE',
  Ø: 'O',
  Đ: 'D',
  Ð: 'D',
  Ł: 'L',
  Þ: 'TH',
  ı: 'I',
};

/**
 * Upper case without diacritics, in compatibility form: `Jürgen Œuvre ＡＧ` → `JURGEN OEUVRE AG`.
 * Umlauts become their base letter here; `foldUmlauts` tells of the other spelling.
 */
export function fold(text: string): string {
  const upper = text.slice(0, TEXT_LIMIT).toUpperCase();
  if (isPlainAscii(upper)) return upper;
  return upper
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[ßẞÆŒØĐÐŁÞı]/g, (letter) => LIGATURES[letter] ?? letter);
}

/** The German spelling without umlauts: `Müller` → `MUELLER`. */
export function foldUmlauts(text: string): string {
  return fold(
    text
      .slice(0, TEXT_LIMIT)
      .normalize('NFC')
      .replace(/[äÄ]/g, 'AE')
      .replace(/[öÖ]/g, 'OE')
      .replace(/[üÜ]/g, 'UE'),
  );
}

/** Letters and digits only, folded: `INV-2026/1187` → `INV20261187`. */
export function squeeze(text: string): string {
  return fold(text).replace(/[^A-Z0-9]+/g, '');
}

function isPlainAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 126) return false;
  return true;
}
