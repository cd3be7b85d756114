/**
 * Base 45 (RFC 9285): two bytes as three of the characters that a QR code packs most densely. It
 * costs 3 % over plain bytes, and every scanner reads it as text.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]));

export function toBase45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const isPair = at + 1 < bytes.length;
    let rest = isPair ? bytes[at]! * 256 + bytes[at + 1]! : bytes[at]!;
    for (let place = isPair ? 3 : 2; place > 0; place -= 1) {
      text += ALPHABET[rest % 45]!;
      rest = Math.floor(rest / 45);
    }
  }
  return text;
}

/** The bytes of a text; `undefined` where it is no Base 45. */
export function fromBase45(text: string): Uint8Array | undefined {
  if (text.length % 3 === 1) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = [...text.slice(at, at + 3)].map((char) => VALUES.get(char));
    if (digits.includes(undefined)) return undefined;
    const value = digits.reduceRight<number>((sum, digit) => sum * 45 + digit!, 0);
    if (value > (digits.length === 3 ? 0xffff : 0xff)) return undefined;
    if (digits.length === 3) bytes.push(value >> 8, value & 0xff);
    else bytes.push(value);
  }
  return Uint8Array.from(bytes);
}
