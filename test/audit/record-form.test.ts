import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  genesisLeaf,
  parseSubjects,
  type RecordFields,
  recordBytes,
  recordLeaf,
  subjectsText,
} from '../../src/main/audit/record-form.ts';

const fields: RecordFields = {
  seq: 42,
  recordedAtMs: Date.UTC(2026, 4, 15, 12),
  kind: 'ledger.post',
  actor: 'zoë',
  traceId: 'trace-7',
  detailId: 99,
  subjects: subjectsText([{ kind: 'account', id: '1000' }]),
  commitment: Buffer.alloc(32, 0xcc),
};
const previous = Buffer.alloc(32, 0xbb);
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();

/** The form word for word from its description, as an independent writer. */
function described(f: RecordFields, previousLeaf: Buffer): Buffer {
  const integer = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return bytes;
  };
  const text = (value: string) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(Buffer.byteLength(value));
    return Buffer.concat([length, Buffer.from(value)]);
  };
  const subjects = f.subjects === '' ? Buffer.alloc(32) : sha256(f.subjects);
  return Buffer.concat([
    Buffer.from([0, 1]),
    integer(f.seq),
    integer(f.recordedAtMs),
    text(f.kind),
    text(f.actor),
    text(f.traceId),
    integer(f.detailId),
    subjects,
    f.commitment,
    previousLeaf,
  ]);
}

describe('the bytes of a record, form 1', () => {
  test.each<[string, Partial<RecordFields>]>([
    ['as usual', {}],
    ['without trace and subjects', { traceId: '', subjects: '' }],
    ['numbers beyond 32 bits', { seq: 2 ** 40 + 5, detailId: 2 ** 33 + 1 }],
    ['the longest texts', { kind: `a.${'b'.repeat(62)}`, actor: '𝔊'.repeat(64), traceId: '€'.repeat(128) }],
  ])('%s', (_, change) => {
    const record = { ...fields, ...change };
    expect(recordBytes(record, previous)).toEqual(described(record, previous));
    expect(recordLeaf(record, previous)).toEqual(sha256(described(record, previous)));
  });

  test('never change: a leaf that was written once is the same for ever', () => {
    expect(recordLeaf(fields, previous).toString('hex')).toBe(KNOWN_LEAF);
    expect(genesisLeaf('0f0e0d0c-0b0a-4908-8706-050403020100').toString('hex')).toBe(KNOWN_GENESIS);
  });

  test.each<[string, Partial<RecordFields>]>([
    ['seq', { seq: 43 }],
    ['time', { recordedAtMs: fields.recordedAtMs + 1 }],
    ['kind', { kind: 'ledger.posu' }],
    ['actor', { actor: 'zoe' }],
    ['trace', { traceId: '' }],
    ['detail id', { detailId: 98 }],
    ['subjects', { subjects: '' }],
    ['commitment', { commitment: Buffer.alloc(32, 0xcd) }],
    ['a character moved to the next field', { kind: 'ledger.pos', actor: 'tzoë' }],
  ])('another %s is another leaf', (_, change) => {
    expect(recordLeaf({ ...fields, ...change }, previous)).not.toEqual(recordLeaf(fields, previous));
  });

  test('the leaf before is part of it', () => {
    expect(recordLeaf(fields, Buffer.alloc(32))).not.toEqual(recordLeaf(fields, previous));
  });
});

const KNOWN_LEAF = 'c3da54588d431a39824c479e0d611d4e49daf3d2d7efaf607d7bb5cecf943acd';
const KNOWN_GENESIS = '17c921887927a185b421e3f8d0ac51601ed1e347f32dfca12701c579de6ea64a';

describe('subjects', () => {
  test.each([
    ['none', [], ''],
    ['one', [{ kind: 'account', id: '1000' }], '[["account","1000"]]'],
    [
      'several, ordered and each once',
      [
        { kind: 'b', id: '2' },
        { kind: 'a', id: '9' },
        { kind: 'b', id: '2' },
        { kind: 'a', id: '"' },
      ],
      '[["a","9"],["a","\\""],["b","2"]]',
    ],
  ])('%s', (_, subjects, text) => {
    expect(subjectsText(subjects)).toBe(text);
    expect(subjectsText(parseSubjects(text))).toBe(text);
  });
});
