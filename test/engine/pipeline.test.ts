import { ORPCError, traverseContractProcedures, ValidationError } from '@orpc/server';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { type ProcedureMeta, permissions } from '../../src/contract/common.ts';
import { errorMeanings } from '../../src/contract/errors.ts';
import { contract } from '../../src/contract/index.ts';
import { CountersignError, createLogger, systemRuntime } from '../../src/main/base/index.ts';
import { createMetrics } from '../../src/main/base/metrics.ts';
import { lateBound } from '../../src/main/engine/late-bound.ts';
import { createObserver, toContractError } from '../../src/main/engine/pipeline.ts';

describe('the contract', () => {
  const procedures: { path: string; meta: ProcedureMeta }[] = [];
  traverseContractProcedures({ router: contract, path: [] }, ({ contract: procedure, path }) => {
    procedures.push({ path: path.join('.'), meta: procedure['~orpc'].meta });
  });

  it('has procedures to walk', () => expect(procedures.length).toBeGreaterThan(40));

  it.each(procedures)('$path names a known permission', ({ meta }) => {
    expect(permissions).toContain(meta.permission);
  });

  it('gives each error code one sentence', () => {
    for (const [code, meaning] of Object.entries(errorMeanings)) {
      expect(code).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('an error at the door', () => {
  it.each([
    [
      'ours',
      new CountersignError('LEDGER_UNBALANCED', 'off', { path: 'postings' }),
      'LEDGER_UNBALANCED',
      'off',
      { path: 'postings' },
    ],
    ['a fault, without its text', new Error('secret of DE89'), 'INTERNAL', errorMeanings.INTERNAL, undefined],
    ['a thrown text', 'secret', 'INTERNAL', errorMeanings.INTERNAL, undefined],
    [
      'a code that is not ours',
      new ORPCError('TEAPOT', { message: 'secret' }),
      'INTERNAL',
      errorMeanings.INTERNAL,
      undefined,
    ],
    [
      'an input that does not validate',
      new ORPCError('BAD_REQUEST', {
        cause: new ValidationError({
          message: 'x',
          issues: [{ message: 'expected bigint', path: ['a', { key: 0 }] }],
          data: undefined,
        }),
      }),
      'INPUT_INVALID',
      'The input is not valid at a.0.',
      { path: 'a.0', expected: 'expected bigint' },
    ],
  ])('%s', (_, thrown, code, message, data) => {
    const crossed = toContractError(thrown);
    expect(crossed).toMatchObject({ code, message });
    expect(crossed.data).toEqual(data);
  });
});

describe('an error of the storage that a query meets', () => {
  const sqlite = (code: string) => Object.assign(new Database.SqliteError('secret of DE89', code), { code });

  it.each([
    ['SQLITE_CORRUPT', 'VAULT_DAMAGED'],
    ['SQLITE_BUSY_SNAPSHOT', 'VAULT_IN_USE'],
    ['SQLITE_FULL', 'VAULT_DISK_FULL'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'INTERNAL'],
  ])('%s crosses as %s, without its text', (code, expected) => {
    const crossed = toContractError(sqlite(code));
    expect(crossed.code).toBe(expected);
    expect(JSON.stringify([crossed.message, crossed.data])).not.toContain('secret');
  });

  it('is told from one of the file system, which may be of any file', () => {
    expect(toContractError(Object.assign(new Error('secret'), { code: 'EACCES' })).code).toBe('INTERNAL');
  });
});

describe('the observer', () => {
  const setUp = () => {
    const lines: string[] = [];
    const metrics = createMetrics();
    const log = createLogger(
      (line) => lines.push(line),
      () => 0,
    );
    return { lines, metrics, observe: createObserver({ runtime: systemRuntime, metrics, log }) };
  };

  it('counts what ended well and what did not, by code', async () => {
    const { observe, metrics } = setUp();
    const call = { procedure: 'ledger.post', traceId: 't' };
    await observe(call, async () => 1);
    await expect(
      observe(call, () => Promise.reject(new CountersignError('LEDGER_UNBALANCED', 'off'))),
    ).rejects.toThrow();
    const text = await metrics.registry.metrics();
    expect(text).toContain('procedures_total{procedure="ledger.post",outcome="ok"} 1');
    expect(text).toContain('procedures_total{procedure="ledger.post",outcome="LEDGER_UNBALANCED"} 1');
    metrics.close();
  });

  it('logs a fault with its place and without its text', async () => {
    const { observe, lines, metrics } = setUp();
    await expect(
      observe({ procedure: 'ledger.post', traceId: 't' }, () =>
        Promise.reject(new Error('name of a person')),
      ),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('procedure.fault');
    expect(lines[0]).not.toContain('person');
    metrics.close();
  });
});

describe('a late-bound service', () => {
  it('answers VAULT_CLOSED without a vault and follows the one that is open', () => {
    let current: { name: string; greet(): string } | undefined;
    const service = lateBound(() => current);
    expect(() => service.greet()).toThrowError(expect.objectContaining({ code: 'VAULT_CLOSED' }));
    current = {
      name: 'first',
      greet() {
        return this.name;
      },
    };
    expect(service.greet()).toBe('first');
    current = { ...current, name: 'second' };
    expect(service.greet()).toBe('second');
  });
});
