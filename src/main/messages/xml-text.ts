/** The small text rules of XML: its declaration, its references, the encodings that are read. */

/** What a byte of text calls for; the flags of a run are the union of those of its bytes. */
export const REFERENCE = 1;
export const BEYOND_ASCII = 2;
export const CARRIAGE_RETURN = 4;
export const BRACKET = 8;
export const FORBIDDEN = 16;
export const NOT_SPACE = 32;
export const FLAGS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  if (byte === 13) FLAGS[byte] = CARRIAGE_RETURN;
  else if (byte < 32) FLAGS[byte] = byte === 9 || byte === 10 ? 0 : FORBIDDEN;
  else if (byte > 32) FLAGS[byte] = byte >= 128 ? BEYOND_ASCII | NOT_SPACE : NOT_SPACE;
}
FLAGS[38] = REFERENCE | NOT_SPACE;
FLAGS[93] = BRACKET | NOT_SPACE;

export type XmlProblem = 'entity' | 'malformed';

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Replaces `&amp;` and its like. `fail` must throw; it is told whether an own entity or a slip was found. */
export function decodeReferences(text: string, fail: (problem: XmlProblem) => never): string {
  return text.replace(
    /&(#x[0-9A-Fa-f]{1,6};|#[0-9]{1,7};|[A-Za-z_][\w.-]*;)?/g,
    (_, body: string | undefined) => {
      if (body === undefined) return fail('malformed');
      const name = body.slice(0, -1);
      if (!name.startsWith('#')) return PREDEFINED[name] ?? fail('entity');
      const code = name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
      return isXmlCharacter(code) ? String.fromCodePoint(code) : fail('malformed');
    },
  );
}

function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

const DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.\d+"|'1\.\d+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*("[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/;

/** Reads `<?xml … ?>`; undefined where it is malformed. */
export function readXmlDeclaration(text: string): { readonly encoding?: string } | undefined {
  const found = DECLARATION.exec(text);
  if (found === null) return undefined;
  return found[1] === undefined ? {} : { encoding: found[1].slice(1, -1) };
}

const SINGLE_BYTE: Readonly<Record<string, string>> = {
  'iso-8859-15': 'iso-8859-15',
  'windows-1252': 'windows-1252',
};

/**
 * How to turn bytes (as one-byte characters) into text. ISO-8859-1 is taken as the standard has it,
 * each byte its own code point, not as the web's windows-1252. Undefined for other encodings.
 */
export function decoderOf(encoding: 'utf-8'): (bytes: string) => string;
export function decoderOf(encoding: string): ((bytes: string) => string) | undefined;
export function decoderOf(encoding: string): ((bytes: string) => string) | undefined {
  if (encoding === 'utf-8') {
    return (bytes) => (/[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes);
  }
  if (encoding === 'iso-8859-1' || encoding === 'us-ascii') return (bytes) => bytes;
  const label = SINGLE_BYTE[encoding];
  if (label === undefined) return undefined;
  const decoder = new TextDecoder(label);
  return (bytes) => decoder.decode(Buffer.from(bytes, 'latin1'));
}
