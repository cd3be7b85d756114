import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { type JsonNode, LineIndex, readJson } from '../../src/main/messages/instant-json.ts';

/** The value that `JSON.parse` would give. */
function plain(node: JsonNode): unknown {
  if (node.kind === 'object') {
    return Object.fromEntries(node.children.map((child) => [child.name, plain(child)]));
  }
  if (node.kind === 'array') return node.children.map(plain);
  if (node.kind === 'string') return node.text;
  return JSON.parse(node.kind === 'null' ? 'null' : node.text);
}

const accepted = (bytes: Buffer): { value: unknown } | undefined => {
  try {
    return { value: plain(readJson(bytes, 'file')) };
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    return undefined;
  }
};

describe('the JSON reader', () => {
  const allowed = (value: unknown): boolean => {
    const text = JSON.stringify(value);
    return !/\\u00(0[0-8bcef]|1)|\\ud|[\uffff\ufffe]/i.test(text) && !text.includes('__proto__');
  };

  it('agrees with JSON.parse on every value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }).filter(allowed), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(accepted(Buffer.from(text))).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  it('takes nothing that JSON.parse refuses, after one character is changed', () => {
    const text = '{"a":[1,-0.5e+3,true,null,"x\\n\\u00e9ü"],"b":{"c":"","d":false}}';
    const marks = ['"', '\\', ',', ':', '{', '}', '[', ']', '0', '-', '.', 'e', ' ', '\n', 'ä', ''];
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...marks), (at, mark) => {
        const changed = text.slice(0, at) + mark + text.slice(at + 1);
        const found = accepted(Buffer.from(changed));
        if (found === undefined) return;
        expect(found.value).toEqual(JSON.parse(changed));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the bytes of each value', () => {
    const bytes = Buffer.from(' {"ä" : [ 12.50 , "ö\\"" ] }\n');
    const [list] = readJson(bytes, 'file').children;
    const stretch = ({ byteStart, byteEnd }: JsonNode) => bytes.subarray(byteStart, byteEnd).toString();
    expect(list?.name).toBe('ä');
    expect(stretch(list as JsonNode)).toBe('[ 12.50 , "ö\\"" ]');
    expect(list?.children.map(stretch)).toEqual(['12.50', '"ö\\""']);
    expect(list?.children.map(({ text }) => text)).toEqual(['12.50', 'ö"']);
  });

  it('finds equal names among many', () => {
    const names = Array.from({ length: 40 }, (_, i) => `"n${i}":1`);
    expect(accepted(Buffer.from(`{${names.join()}}`))).toBeDefined();
    expect(accepted(Buffer.from(`{${names.join()},"n20":2}`))).toBeUndefined();
    expect(accepted(Buffer.from(`{"a":1,"\\u0061":2}`))).toBeUndefined();
  });

  it('leaves a byte order mark out', () => {
    expect(accepted(Buffer.from('\uFEFF{"a":1}'))).toEqual({ value: { a: 1 } });
  });

  it('counts lines, in any order', () => {
    const lines = new LineIndex(Buffer.from('a\nbc\n\nd'));
    expect([7, 0, 1, 2, 4, 5, 6].map((at) => lines.lineAt(at))).toEqual([4, 1, 1, 2, 2, 3, 4]);
  });
});
