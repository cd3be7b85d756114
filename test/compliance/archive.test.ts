import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createArchiveReader, createArchiveWriter } from '../../src/main/compliance/archive-form.ts';
import { type Bench, caller, openBench, refusal, START_MS, transfer } from './support.ts';

const MESSAGE = Buffer.from(`:20:STARTUMS\r\n:25:10020030/1234567\r\n${':61:data\r\n'.repeat(30_000)}`);
const UNARCHIVE = { kind: 'unarchive', fileName: 'day.sta.sealed' } as const;

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.test.close());

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const archive = (bytes: Buffer = MESSAGE, more: { retentionClass?: '7y'; holdReason?: string } = {}) =>
  transfer(
    bench.compliance,
    { kind: 'archive', fileName: 'day.sta', contentHash: hashOf(bytes), retentionClass: '10y', ...more },
    bytes,
    50_000,
  );
const unseal = (bytes: Uint8Array) => transfer(bench.compliance, UNARCHIVE, bytes, 10_000);
const code = (work: () => unknown) => refusal(work).then((text) => text.split(' ')[0]);
/** The sealed copy with its header line changed. */
function withHeader(sealed: Buffer, change: (header: Record<string, unknown>) => Record<string, unknown>) {
  const [magic, line] = sealed.toString('latin1').split('\n', 2) as [string, string];
  const rest = sealed.subarray(magic.length + line.length + 2);
  return Buffer.concat([Buffer.from(`${magic}\n${JSON.stringify(change(JSON.parse(line)))}\n`), rest]);
}

describe('an archived bank message', () => {
  it('is kept with its reference, retention and hold, in the vault and in a sealed copy', async () => {
    const { bytes: sealed, result } = await archive(MESSAGE, { holdReason: 'case 7' });
    expect(result).toMatchObject({ evidenceId: '1', reference: 'STARTUMS', retainUntil: '2036-11-21' });
    const header = JSON.parse(sealed.toString('latin1').split('\n')[1]!);
    expect(header).toEqual({
      evidence: '1',
      hold: true,
      reference: 'STARTUMS',
      retainUntil: '2036-11-21',
      retentionClass: '10y',
      vault: bench.test.vault.vaultId,
    });
    expect(sealed.includes('10020030')).toBe(false);
    expect(bench.compliance.get('1')).toMatchObject({
      kind: 'bank-message',
      title: 'day.sta',
      reference: 'STARTUMS',
      contentHash: hashOf(MESSAGE),
      hasSealedCopy: true,
      state: 'held',
    });
    expect(bench.compliance.read('1', 0, 1_000_000, caller).bytes.equals(MESSAGE)).toBe(true);
    const { bytes, result: opened } = await unseal(sealed);
    expect(bytes.equals(MESSAGE)).toBe(true);
    expect(opened).toMatchObject({ evidenceId: '1', reference: 'STARTUMS' });
    expect(bench.test.audit.list({ limit: 1 }).rows[0]!.kind).toBe('compliance.unseal');
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072])(
    'comes back whole with %d bytes, by its hash',
    async (size) => {
      const bytes = Buffer.alloc(size, 7);
      const { bytes: sealed, result } = await archive(bytes);
      expect(result.reference).toBe(hashOf(bytes));
      expect((await unseal(sealed)).bytes.equals(bytes)).toBe(true);
    },
  );

  it('is kept once', async () => {
    await archive();
    expect(await code(() => archive())).toBe('COMPLIANCE_KNOWN');
  });

  it('is refused where it changed on the way', async () => {
    const work = {
      kind: 'archive',
      fileName: 'x',
      contentHash: hashOf(Buffer.of(1)),
      retentionClass: '7y',
    } as const;
    expect(await code(() => transfer(bench.compliance, work, MESSAGE))).toBe('COMPLIANCE_FILE_CHANGED');
    expect(bench.compliance.list({ limit: 5 }).rows).toEqual([]);
    expect(bench.test.vault.db.prepare('SELECT count(*) FROM sealed_value').pluck().get()).toBe(0n);
  });

  it('opens nowhere once it was removed after its time', async () => {
    const { bytes: sealed } = await archive(MESSAGE, { retentionClass: '7y' });
    expect(await code(() => bench.compliance.remove('1', 'tidy up', caller))).toBe(
      'COMPLIANCE_RETENTION_RUNNING',
    );
    bench.clock.advance(Date.UTC(2033, 10, 22) - START_MS);
    bench.compliance.remove('1', 'time is over', caller);
    expect(await code(() => unseal(sealed))).toBe('COMPLIANCE_REMOVED');
  });
});

describe('a sealed copy is refused', () => {
  it('in another vault', async () => {
    const { bytes: sealed } = await archive();
    const foreign = await openBench(START_MS, true);
    expect(await code(() => transfer(foreign.compliance, UNARCHIVE, sealed))).toBe('SEALED_FILE_FOREIGN');
    foreign.test.close();
  });

  it.each([
    ['another reference', { reference: 'OTHER' }],
    ['a shorter retention', { retainUntil: '2027-01-01' }],
    ['no hold', { hold: true }],
    ['a class of less', { retentionClass: '7y' }],
  ])('with %s', async (_, change) => {
    const { bytes: sealed } = await archive();
    const edited = withHeader(sealed, (header) => ({ ...header, ...change }));
    expect(await code(() => unseal(edited))).toBe('SEALED_FILE_DAMAGED');
  });

  it('under the id of other evidence', async () => {
    const { bytes: sealed } = await archive();
    await archive(Buffer.from(':20:OTHER\n'));
    const swapped = withHeader(sealed, (header) => ({ ...header, evidence: '2' }));
    expect(await code(() => unseal(swapped))).toBe('SEALED_FILE_DAMAGED');
    const unknown = withHeader(sealed, (header) => ({ ...header, evidence: '77' }));
    expect(await code(() => unseal(unknown))).toBe('COMPLIANCE_EVIDENCE_UNKNOWN');
  });

  it('with any bit flipped, wherever', async () => {
    const { bytes: sealed } = await archive(Buffer.from(':20:SHORT\n:25:1\n'));
    for (let bit = 0; bit < sealed.length * 8; bit += 11) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(await code(() => unseal(flipped)), `bit ${bit}`).toMatch(
        /^(SEALED_FILE_(DAMAGED|INVALID|FOREIGN)|COMPLIANCE_EVIDENCE_UNKNOWN)$/,
      );
    }
  });

  it('cut short, grown, or with chunks exchanged', async () => {
    const { bytes: sealed } = await archive();
    const start = sealed.indexOf('\n', sealed.indexOf('\n') + 1) + 1;
    const chunk = 65_536 + 28;
    const at = (i: number) => sealed.subarray(start + i * chunk, start + (i + 1) * chunk);
    const exchanged = Buffer.concat([
      sealed.subarray(0, start),
      at(1),
      at(0),
      sealed.subarray(start + 2 * chunk),
    ]);
    const refused = [
      sealed.subarray(0, -1),
      sealed.subarray(0, start + chunk),
      sealed.subarray(0, start + 2 * chunk),
      Buffer.concat([sealed, Buffer.of(0)]),
      exchanged,
    ];
    for (const [i, bytes] of refused.entries())
      expect(await code(() => unseal(bytes)), `case ${i}`).toBe('SEALED_FILE_DAMAGED');
    for (const bytes of [Buffer.alloc(0), Buffer.from('counter'), MESSAGE, sealed.subarray(0, start - 5)])
      expect(await code(() => unseal(bytes))).toBe('SEALED_FILE_INVALID');
  });
});

it('the form gives back what was written, however it is cut', () => {
  const header = {
    vault: 'v',
    evidence: '1',
    reference: 'r',
    retentionClass: '7y',
    retainUntil: '2033-11-21',
    hold: false,
  };
  const key = Buffer.alloc(32, 3);
  fc.assert(
    fc.property(
      fc.nat(200_000),
      fc.integer({ min: 100, max: 90_000 }),
      fc.integer({ min: 100, max: 90_000 }),
      (size, a, b) => {
        const bytes = Buffer.alloc(size, size);
        const writer = createArchiveWriter(header, key);
        const cut = (all: Buffer, n: number) =>
          Array.from({ length: Math.ceil(all.length / n) }, (_, i) => all.subarray(i * n, (i + 1) * n));
        const sealed = Buffer.concat([...cut(bytes, a).map((piece) => writer.write(piece)), writer.end()]);
        const reader = createArchiveReader('f');
        const out: Buffer[] = [];
        let locked = true;
        for (const piece of cut(sealed, b)) {
          out.push(reader.write(piece));
          if (locked && reader.header() !== undefined) {
            locked = false;
            out.push(reader.unlock(key));
          }
        }
        expect(Buffer.concat([...out, reader.end()]).equals(bytes)).toBe(true);
        expect(reader.header()).toEqual(header);
      },
    ),
    { numRuns: 60 },
  );
});
