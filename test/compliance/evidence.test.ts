import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageReference } from '../../src/main/compliance/reference.ts';
import { retainUntil, stateAt } from '../../src/main/compliance/retention.ts';
import { type Bench, caller, openBench, refusal, roomOn, START_MS, transfer } from './support.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.test.close());

const bytes = Buffer.from('minutes of the meeting '.repeat(30_000));
async function add(retentionClass: '7y' | '10y' = '7y', holdReason?: string) {
  const { result } = await transfer(
    bench.compliance,
    {
      kind: 'add',
      evidenceKind: 'document',
      title: 'Minutes',
      note: 'Of the board',
      retentionClass,
      ...(holdReason === undefined ? {} : { holdReason }),
    },
    bytes,
    100_000,
  );
  return result.evidenceId!;
}
const code = (work: () => unknown) => refusal(work).then((text) => text.split(' ')[0]);
const recordsSince = (seq: bigint) =>
  bench.test.audit
    .list({ limit: 100 })
    .rows.filter((row) => row.seq > seq)
    .map((row) => row.kind)
    .reverse();
/** The first instant after the last day of retention. */
const afterYears = (years: number) => Date.UTC(2026 + years, 10, 22) - START_MS;

describe('retention', () => {
  it.each([
    ['2026-11-21', '7y', '2033-11-21'],
    ['2026-11-21', '10y', '2036-11-21'],
    ['2024-02-29', '7y', '2031-03-01'],
    ['2024-02-29', '10y', '2034-03-01'],
    ['2022-03-01', '10y', '2032-03-01'],
  ] as const)('of what was added on %s for %s ends with %s', (day, retentionClass, end) => {
    expect(retainUntil(day, retentionClass)).toBe(end);
  });

  it.each([
    [{ standingHolds: 0, isRemoved: false }, '2033-11-21T23:59:59.999Z', 'kept'],
    [{ standingHolds: 0, isRemoved: false }, '2033-11-22T00:00:00Z', 'due'],
    [{ standingHolds: 1, isRemoved: false }, '2033-11-22T00:00:00Z', 'held'],
    [{ standingHolds: 1, isRemoved: false }, '2030-01-01T00:00:00Z', 'held'],
    [{ standingHolds: 0, isRemoved: true }, '2040-01-01T00:00:00Z', 'removed'],
  ] as const)('%o at %s is %s', (keeping, at, state) => {
    expect(stateAt({ ...keeping, retainUntil: '2033-11-21' }, Date.parse(at))).toBe(state);
  });
});

describe('evidence', () => {
  it('is kept with its commitment, sealed, and read back a stretch at a time', async () => {
    const before = bench.test.audit.lastSeq();
    const id = await add();
    expect(recordsSince(before)).toEqual(['compliance.add']);
    expect(bench.compliance.get(id)).toMatchObject({
      id,
      title: 'Minutes',
      note: 'Of the board',
      state: 'kept',
      retainUntil: '2033-11-21',
      sizeBytes: bytes.byteLength,
      addedBy: 'officer',
      holdList: [],
      removed: null,
    });
    const read = bench.compliance.read(id, 262_000, 500, caller).bytes;
    expect(read.equals(bytes.subarray(262_000, 262_500))).toBe(true);
    const whole = bench.compliance.read(id, 0, 1_000_000, caller);
    expect(whole.bytes.equals(bytes)).toBe(true);
    expect(bench.compliance.read(id, bytes.byteLength, 10, caller).bytes).toHaveLength(0);
    // A stretch out of the middle is a read of its own; what goes on at the end of the last one is not.
    expect(recordsSince(before).sort()).toEqual(['compliance.add', 'compliance.read', 'compliance.read']);
    expect(bench.compliance.read(id, 1, 10, { ...caller, actor: 'another' }).bytes).toHaveLength(10);
    expect(recordsSince(before)).toHaveLength(4);
    const dek = bench.test.vault.db
      .prepare("SELECT DISTINCT retention_class FROM sealing_dek WHERE purpose = 'compliance_vault'")
      .pluck();
    expect(dek.all()).toEqual(['7y']);
  });

  it('with a title that does not open says so and takes no other along', async () => {
    const [first, second] = [await add(), await add()];
    const { db } = bench.test.vault;
    const sealedId = db
      .prepare('SELECT title_sealed_id FROM evidence WHERE id = ?')
      .pluck()
      .get(BigInt(first));
    db.prepare('UPDATE sealed_value SET sealed = zeroblob(length(sealed)) WHERE id = ?').run(sealedId);
    const titles = new Map(bench.compliance.list({ limit: 10 }).rows.map(({ id, title }) => [id, title]));
    expect(titles.get(first)).toBe('This title does not open.');
    expect(titles.get(second)).toBe('Minutes');
  });

  it('may be empty', async () => {
    const work = { kind: 'add', evidenceKind: 'case-note', title: 'x', retentionClass: '7y' } as const;
    const { result } = await transfer(bench.compliance, work, Buffer.alloc(0));
    expect(bench.compliance.read(result.evidenceId!, 0, 10, caller)).toMatchObject({ sizeBytes: 0 });
  });

  it('is not removed before its time, and is afterwards', async () => {
    const id = await add('7y');
    const later = await add('10y');
    expect(await code(() => bench.compliance.remove(id, 'tidy up', caller))).toBe(
      'COMPLIANCE_RETENTION_RUNNING',
    );
    bench.clock.advance(afterYears(7) - 1);
    expect(await code(() => bench.compliance.remove(id, 'tidy up', caller))).toBe(
      'COMPLIANCE_RETENTION_RUNNING',
    );
    bench.clock.advance(1);
    const before = bench.test.audit.lastSeq();
    const hash = bench.compliance.get(id).contentHash;
    const removed = bench.compliance.remove(id, 'time is over', caller);
    expect(removed).toMatchObject({ state: 'removed', title: null, note: null, contentHash: hash });
    expect(removed.removed).toMatchObject({ by: 'officer', record: before + 1n });
    expect(recordsSince(before)).toEqual(['compliance.remove']);
    expect(await code(() => bench.compliance.read(id, 0, 10, caller))).toBe('COMPLIANCE_REMOVED');
    expect(await code(() => bench.compliance.remove(id, 'again', caller))).toBe('COMPLIANCE_REMOVED');
    expect(await code(() => bench.compliance.hold(id, 'too late', caller))).toBe('COMPLIANCE_REMOVED');
    expect(await code(() => bench.compliance.remove(later, 'tidy up', caller))).toBe(
      'COMPLIANCE_RETENTION_RUNNING',
    );
    const chunks = bench.test.vault.db
      .prepare('SELECT DISTINCT evidence_id FROM evidence_chunk')
      .pluck()
      .all();
    expect(chunks).toEqual([BigInt(later)]);
  });

  it('is not removed while any hold stands', async () => {
    const id = await add('7y', 'case 12');
    bench.compliance.hold(id, 'case 13', caller);
    bench.clock.advance(afterYears(7));
    expect(await code(() => bench.compliance.remove(id, 'tidy up', caller))).toBe('COMPLIANCE_ON_HOLD');
    const [newest, first] = bench.compliance.get(id).holdList;
    expect([first!.reason, newest!.reason]).toEqual(['case 12', 'case 13']);
    bench.compliance.release(id, first!.id, 'case 12 closed', caller);
    expect(await code(() => bench.compliance.release(id, first!.id, 'again', caller))).toBe(
      'COMPLIANCE_HOLD_UNKNOWN',
    );
    expect(await code(() => bench.compliance.remove(id, 'tidy up', caller))).toBe('COMPLIANCE_ON_HOLD');
    bench.compliance.release(id, newest!.id, 'case 13 closed', caller);
    expect(bench.compliance.get(id).holdList[0]!.lifted).toMatchObject({
      reason: 'case 13 closed',
      by: 'officer',
    });
    expect(bench.compliance.remove(id, 'tidy up', caller).state).toBe('removed');
  });

  it('keeps the keys of its quarter while it is held', async () => {
    const id = await add('7y', 'case 12');
    expect(bench.compliance.isHeld('7y', '2026Q4')).toBe(true);
    expect(bench.compliance.isHeld('10y', '2026Q4')).toBe(false);
    expect(bench.compliance.isHeld('7y', '2026Q3')).toBe(false);
    bench.compliance.release(id, bench.compliance.get(id).holdList[0]!.id, 'closed', caller);
    expect(bench.compliance.isHeld('7y', '2026Q4')).toBe(false);
  });

  it('cannot be changed past the room: the tables refuse', async () => {
    const id = await add('7y', 'case 12');
    const run = (sql: string) => () =>
      bench.test.vault.transaction(() => bench.test.vault.db.prepare(sql).run());
    expect(run(`DELETE FROM evidence WHERE id = ${id}`)).toThrow();
    expect(run(`UPDATE evidence SET retain_until = '2000-01-01' WHERE id = ${id}`)).toThrow();
    expect(
      run(`UPDATE evidence SET removed_at_ms = 1, removed_by = 'x', removed_record = 1 WHERE id = ${id}`),
    ).toThrow(/under hold/);
    expect(run('DELETE FROM evidence_hold')).toThrow();
    expect(run('UPDATE evidence_hold SET placed_record = 99, lifted_at_ms = 1, lifted_record = 1')).toThrow();
  });

  it('is listed by kind and state, with counts', async () => {
    const [first, held, third] = [await add(), await add('7y', 'case 12'), await add('10y')];
    const ids = (query: Partial<Parameters<typeof bench.compliance.list>[0]>) =>
      bench.compliance.list({ limit: 10, ...query }).rows.map((row) => row.id);
    expect(ids({})).toEqual([third, held, first]);
    expect(ids({ state: 'held' })).toEqual([held]);
    expect(ids({ kind: 'bank-message' })).toEqual([]);
    expect(bench.compliance.counts()).toEqual({ kept: 2, held: 1, due: 0, removed: 0 });
    const page = bench.compliance.list({ limit: 2 });
    expect([page.total, bench.compliance.list({ limit: 2, cursor: page.nextCursor! }).rows.length]).toEqual([
      3, 1,
    ]);
    bench.clock.advance(afterYears(8));
    expect(ids({ state: 'due' })).toEqual([first]);
  });

  it('is unknown under ids that were never given', async () => {
    for (const id of ['9', '0', 'x', '-1', '99999999999999999999'])
      expect(await code(() => bench.compliance.get(id))).toBe('COMPLIANCE_EVIDENCE_UNKNOWN');
  });
});

describe('a transfer', () => {
  const work = { kind: 'add', evidenceKind: 'document', title: 't', retentionClass: '7y' } as const;
  const leftOver = () => bench.test.vault.db.prepare('SELECT count(*) FROM evidence_chunk').pluck().get();

  it('leaves nothing behind when it is cancelled or left alone', async () => {
    const { transferId } = bench.compliance.begin(work, caller);
    await bench.compliance.write(transferId, 0, bytes);
    expect(leftOver()).not.toBe(0n);
    await bench.compliance.cancel(transferId);
    expect(leftOver()).toBe(0n);
    expect(await code(() => bench.compliance.finish(transferId))).toBe('COMPLIANCE_UPLOAD_UNKNOWN');
  });

  it('is cleaned up after a crash', async () => {
    const { transferId } = bench.compliance.begin(work, caller);
    await bench.compliance.write(transferId, 0, bytes);
    const again = await bench.test.reopen();
    bench = { ...bench, test: again, compliance: roomOn(again) };
    expect(bench.compliance.recover()).toEqual({ discarded: 1 });
    expect(leftOver()).toBe(0n);
    expect(again.vault.db.prepare('SELECT count(*) FROM sealed_value').pluck().get()).toBe(0n);
  });

  it('takes its chunks in order and no others', async () => {
    const { transferId } = bench.compliance.begin(work, caller);
    await bench.compliance.write(transferId, 0, bytes.subarray(0, 10));
    expect(await code(() => bench.compliance.write(transferId, 5, bytes))).toBe('COMPLIANCE_UPLOAD_OFFSET');
    expect(await code(() => bench.compliance.write('x', 0, bytes))).toBe('COMPLIANCE_UPLOAD_UNKNOWN');
  });

  it('is one of few', async () => {
    for (let i = 0; i < 16; i += 1) bench.compliance.begin(work, caller);
    expect(await code(() => bench.compliance.begin(work, caller))).toBe('COMPLIANCE_BUSY');
  });
});

describe('the reference of a message', () => {
  it.each([
    ['<Document><GrpHdr><MsgId>STM-1</MsgId>', 'STM-1'],
    ['<n:Document><n:MsgId> STM 2 </n:MsgId>', 'STM 2'],
    ['{1:F01}{4:\r\n:20:REF-9\r\n:25:X', 'REF-9'],
    [':20:REF-9\n:25:X', 'REF-9'],
    ['{4::20:REF-9\n', 'REF-9'],
    ['<MsgId></MsgId>', undefined],
    [`<MsgId>${'x'.repeat(36)}</MsgId>`, undefined],
    ['<MsgId>a\u0007b</MsgId>', undefined],
    ['nothing', undefined],
    ['', undefined],
  ])('%j is %s', (text, expected) => {
    expect(messageReference(Buffer.from(text))).toBe(expected);
  });
});
