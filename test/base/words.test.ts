import { describe, expect, it } from 'vitest';
import {
  addDays,
  createIdMaker,
  createLogger,
  daysBetween,
  idFromText,
  idToText,
  isIsoDate,
  maskAccountNumbers,
  type Runtime,
  systemRuntime,
} from '../../src/main/base/index.ts';

describe('dates', () => {
  it.each([
    ['2026-11-20', true],
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['20261120', false],
  ])('%s exists: %s', (text, exists) => expect(isIsoDate(text)).toBe(exists));

  it('counts across months, leap days and back', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
    expect(daysBetween('2026-11-20', '2026-11-19')).toBe(-1);
  });
});

describe('ids', () => {
  it('ascend within a millisecond and when the clock goes back', () => {
    let nowMs = 1_700_000_000_000;
    const runtime: Runtime = { ...systemRuntime, nowMs: () => nowMs };
    const newId = createIdMaker(runtime);
    const ids: string[] = [];
    for (let at = 0; at < 10_000; at += 1) {
      if (at === 5000) nowMs -= 60_000;
      ids.push(idToText(newId()));
    }
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('go to text and back, and refuse what is none', () => {
    const id = createIdMaker(systemRuntime)();
    expect(idFromText(idToText(id))).toEqual(id);
    expect(idFromText('nonsense')).toBeUndefined();
  });
});

describe('the log', () => {
  it('masks what looks like an account number, and keeps the trace id', () => {
    const lines: string[] = [];
    const log = createLogger(
      (line) => lines.push(line),
      () => 0,
    );
    log.info('import.done', {
      note: 'from DE89370400440532013000 to 1234567890',
      count: 3,
      total: 5n,
      traceId: '0123456789012345',
    });
    expect(JSON.parse(lines[0]!)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      level: 'info',
      event: 'import.done',
      note: 'from DE…00 to 12…90',
      count: 3,
      total: '5',
      traceId: '0123456789012345',
    });
  });

  it('leaves short numbers alone', () =>
    expect(maskAccountNumbers('entry 20931 of 2026-11-20')).toBe('entry 20931 of 2026-11-20'));
});
