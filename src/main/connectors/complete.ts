/** Whether the bytes of a file look whole: a sender that writes in place may still be at it. */

const WHITE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

function edges(bytes: Uint8Array): [number, number] | undefined {
  let start = 0;
  while (start < bytes.length && WHITE.has(bytes[start]!)) start += 1;
  let end = bytes.length - 1;
  while (end > start && (WHITE.has(bytes[end]!) || bytes[end] === 0)) end -= 1;
  return start > end || start === bytes.length ? undefined : [bytes[start]!, bytes[end]!];
}

const code = (char: string) => char.charCodeAt(0);

/** False for nothing at all, and for JSON or XML that does not end as it began. */
export function looksWhole(bytes: Uint8Array): boolean {
  const ends = edges(bytes);
  if (ends === undefined) return false;
  const [first, last] = ends;
  if (first === code('{')) return last === code('}') || last === code('-');
  if (first === code('[')) return last === code(']');
  if (first === code('<')) return last === code('>') && endsWithItsRoot(bytes);
  return true;
}

/** `</Document>` at the end of what began with `<Document …>`. */
function endsWithItsRoot(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = buffer.subarray(0, 4_096).toString('latin1');
  const [tag, root] = /<(?![?!])([^\s/>]+)[^>]*>?/.exec(head) ?? [];
  if (tag === undefined || root === undefined) return false;
  if (tag.endsWith('/>')) return true;
  const tail = buffer.subarray(-Math.max(512, root.length + 64)).toString('latin1');
  return tail.includes(`</${root}`);
}
