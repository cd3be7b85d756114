import { describe, expect, it, vi } from 'vitest';
import { MOST_MESSAGE_BYTES } from '../../src/contract/connectors.ts';
import { CountersignError, systemRuntime } from '../../src/main/base/index.ts';
import { bytesOf, CALLER, until, withIntake } from './support.ts';

const settled = (promises: readonly Promise<unknown>[]) => Promise.allSettled(promises);

describe('the queue', () => {
  it('answers a message once the vault has it', async () => {
    await withIntake(async (intake) => {
      const answer = await intake.submit({ id: 'a', amount: 250 });
      expect(answer).toMatchObject({ result: 'taken', received: 1, prePosted: 1, rail: 'sepa-instant' });
      expect(intake.test.vault.db.inTransaction).toBe(false);
      expect(intake.held()).toEqual(['a']);
      const again = await intake.reopen();
      expect(again.held()).toEqual(['a']);
    });
  });

  it('takes what comes at once in few transactions, and a poison message falls out of them alone', async () => {
    await withIntake(async (intake) => {
      let commits = 0;
      intake.test.vault.beforeCommit(() => {
        commits += 1;
      });
      const all = Array.from({ length: 60 }, (_, n) =>
        intake.submit({ id: `m${n}`, ...(n % 10 === 3 ? { fate: 'poison' as const } : {}) }),
      );
      const answers = await Promise.all(all);
      expect(answers.filter(({ result }) => result === 'taken')).toHaveLength(54);
      const dead = answers.filter(({ result }) => result === 'dead-lettered');
      expect(dead).toHaveLength(6);
      expect(dead[0]).toMatchObject({ code: 'INSTANT_KIND_UNKNOWN', path: '/Doc/Amt', line: 7, received: 0 });
      // What a poison message wrote before it was refused is undone, its neighbours stand.
      expect(intake.held()).toHaveLength(54);
      expect(intake.held()).not.toContain('m3');
      expect(commits).toBeLessThan(40);
      expect(intake.connectors.live().totals).toMatchObject({ messages: 60, taken: 54, deadLettered: 6 });
    });
  });

  it('finds a message that fails only as the group is committed, and keeps the others', async () => {
    await withIntake(async (intake) => {
      const answers = await Promise.all(
        ['a', 'b', 'c'].map((id) =>
          intake.submit({ id, ...(id === 'b' ? { fate: 'at-commit' as const } : {}) }),
        ),
      );
      expect(answers.map(({ result }) => result)).toEqual(['taken', 'dead-lettered', 'taken']);
      expect(answers[1]?.code).toBe('INTERNAL');
      expect(intake.held()).toEqual(['a', 'c']);
    });
  });

  it('answers what came together when the disk has it, and works on meanwhile', async () => {
    await withIntake(async (intake) => {
      const disk = Promise.withResolvers<void>();
      const lasting = vi.spyOn(intake.test.vault, 'lasting').mockReturnValueOnce(disk.promise);
      const answered: string[] = [];
      const send = (id: string) => intake.submit({ id }).then(() => answered.push(id));
      const together = [send('a'), send('b')];
      await until(() => intake.held().length === 2);
      const later = [send('c'), send('d')];
      await until(() => intake.held().length === 4);
      expect(answered).toEqual([]);
      expect(lasting).toHaveBeenCalledTimes(1);
      disk.resolve();
      await Promise.all([...together, ...later]);
      expect(answered).toEqual(['a', 'b', 'c', 'd']);
      expect(lasting).toHaveBeenCalledTimes(2);
    });
  });

  it('tells nobody that a message was taken which the disk does not have', async () => {
    await withIntake(async (intake) => {
      const refusal = new CountersignError('VAULT_UNREADABLE', 'The disk does not take what was written.');
      vi.spyOn(intake.test.vault, 'lasting').mockRejectedValueOnce(refusal);
      const both = () => settled([intake.submit({ id: 'a' }), intake.submit({ id: 'b' })]);
      for (const { status, ...said } of await both()) {
        expect(status).toBe('rejected');
        expect(said).toMatchObject({ reason: { code: 'VAULT_UNREADABLE' } });
      }
      for (const one of await both())
        expect(one).toMatchObject({ status: 'fulfilled', value: { result: 'duplicate' } });
    });
  });

  it('keeps a fault of the console as a dead letter, without its words', async () => {
    await withIntake(async (intake) => {
      const answer = await intake.submit({ id: 'a', fate: 'bug' });
      expect(answer).toMatchObject({ result: 'dead-lettered', code: 'INTERNAL' });
      expect(answer.reason).not.toContain('a fault');
    });
  });

  it('refuses what it has no room for, and takes it once there is', async () => {
    await withIntake(
      async (intake) => {
        const all = Array.from({ length: 8 }, (_, n) => intake.submit({ id: `m${n}` }));
        const results = await settled(all);
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
        const refused = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
        expect(refused.reason).toMatchObject({ code: 'CONNECTOR_QUEUE_FULL' });
        expect(intake.held()).toHaveLength(5);
        await intake.submit({ id: 'm7' });
        expect(intake.held()).toHaveLength(6);
        expect(intake.connectors.live().totals.refused).toBe(3);
      },
      { most: { count: 5 } },
    );
    await withIntake(
      async (intake) => {
        const big = { text: 'x'.repeat(600) };
        const results = await settled([
          intake.submit({ id: 'a', ...big }),
          intake.submit({ id: 'b', ...big }),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
      },
      { most: { bytes: 1_000 } },
    );
  });

  it('refuses a message of 100 MB before anything looks at it', async () => {
    await withIntake(async (intake) => {
      const before = performance.now();
      await expect(intake.submit(Buffer.alloc(100 * 1_048_576, 0x20))).rejects.toMatchObject({
        code: 'CONNECTOR_MESSAGE_TOO_LARGE',
        details: { expected: `at most ${MOST_MESSAGE_BYTES} bytes` },
      });
      expect(performance.now() - before).toBeLessThan(1_000);
      expect(intake.connectors.list({ limit: 10 }).rows).toEqual([]);
    });
  });

  it('answers a delivery that comes again as the first time, and refuses its id with other content', async () => {
    await withIntake(async (intake) => {
      const first = await intake.submit({ id: 'a' }, 'd-1');
      const poison = await intake.submit({ id: 'p', fate: 'poison' }, 'd-2');
      expect(await intake.submit({ id: 'a' }, 'd-1')).toEqual({ ...first, result: 'duplicate' });
      expect(await intake.submit({ id: 'p', fate: 'poison' }, 'd-2')).toEqual(poison);
      await expect(intake.submit({ id: 'other' }, 'd-1')).rejects.toMatchObject({
        code: 'CONNECTOR_DELIVERY_REUSED',
      });
      const again = await intake.reopen();
      expect(await again.submit({ id: 'a' }, 'd-1')).toEqual({ ...first, result: 'duplicate' });
      expect(again.held()).toEqual(['a']);
      expect(again.connectors.get(poison.deadLetterId!).attempts).toBe(1);
    });
  });

  it('leaves everything with its sender where the vault cannot be written', async () => {
    await withIntake(async (intake) => {
      const { db } = intake.test.vault;
      const pages = db.pragma('page_count', { simple: true });
      db.pragma(`max_page_count = ${pages}`);
      const long = { text: 'x'.repeat(300_000) };
      const results = await settled(
        [1, 2].map((n) => intake.submit({ id: `p${n}`, fate: 'poison', ...long })),
      );
      for (const result of results) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'VAULT_DISK_FULL' } });
      }
      db.pragma('max_page_count = 1000000');
      expect(intake.connectors.list({ limit: 10 }).rows).toEqual([]);
      expect(intake.connectors.live().deadLettersOpen).toBe(0);
      expect(await intake.submit({ id: 'p1', fate: 'poison', ...long })).toMatchObject({
        result: 'dead-lettered',
      });
    });
  });

  it('waits while the books are not ready, says why, and refuses all that waits when it closes', async () => {
    let why: 'index-not-ready' | null = 'index-not-ready';
    await withIntake(
      async (intake) => {
        const first = intake.submit({ id: 'a' });
        await until(() => intake.connectors.waiting().why === 'index-not-ready');
        expect(intake.connectors.waiting()).toMatchObject({ count: 1, why: 'index-not-ready' });
        why = null;
        await first;
        why = 'index-not-ready';
        const second = intake.submit({ id: 'b' });
        const told = expect(second).rejects.toMatchObject({ code: 'CONNECTOR_STOPPED' });
        await until(() => intake.connectors.waiting().why === 'index-not-ready');
        await intake.connectors.close();
        await told;
        await expect(intake.submit({ id: 'c' })).rejects.toMatchObject({ code: 'CONNECTOR_STOPPED' });
        expect(intake.held()).toEqual(['a']);
      },
      { hold: () => why },
    );
  });

  it('holds the loop for no longer than a group takes', async () => {
    await withIntake(async (intake) => {
      // By processor time: other work on this machine may take the processor away.
      let longestMs = 0;
      let last = process.threadCpuUsage();
      const watch = setInterval(() => {
        const { user, system } = process.threadCpuUsage(last);
        longestMs = Math.max(longestMs, (user + system) / 1_000);
        last = process.threadCpuUsage();
      }, 1);
      await Promise.all(Array.from({ length: 3_000 }, (_, n) => intake.submit({ id: `m${n}` })));
      clearInterval(watch);
      expect(intake.held()).toHaveLength(3_000);
      expect(longestMs).toBeLessThan(100);
    });
  });

  it('measures by a clock that never goes back, though that of the day jumps', async () => {
    let nowMs = Date.UTC(2026, 10, 21, 12);
    const runtime = { ...systemRuntime, nowMs: () => nowMs };
    await withIntake(
      async (intake) => {
        await intake.submit({ id: 'a', amount: 100 });
        nowMs -= 26 * 3_600_000;
        await intake.submit({ id: 'b', amount: 50 });
        const figures = intake.connectors.live();
        expect(figures.p50Ms).toBeGreaterThan(0);
        expect(figures.p99Ms).toBeLessThan(5_000);
        expect(figures.totals.taken).toBe(2);
        // The day went back with the clock, and its sum with it; nothing is lost or counted twice.
        expect(figures.valueToday).toEqual([
          { rail: 'sepa-instant', currency: 'EUR', amountMinor: 50n, matchedMinor: 50n },
        ]);
        nowMs += 26 * 3_600_000;
        expect(intake.connectors.live().valueToday[0]?.amountMinor).toBe(100n);
      },
      { runtime },
    );
  });
});

describe('the live figures', () => {
  it('survive a restart where they are the day’s, and begin anew where they are the program’s', async () => {
    await withIntake(async (intake) => {
      await Promise.all([1, 2, 3].map((n) => intake.submit({ id: `m${n}`, amount: 1_000, matched: 400 })));
      await intake.submit({ id: 'p', fate: 'poison' });
      const before = intake.connectors.live();
      expect(before.valueToday).toEqual([
        { rail: 'sepa-instant', currency: 'EUR', amountMinor: 3_000n, matchedMinor: 1_200n },
      ]);
      expect(before.latest).toHaveLength(4);
      expect(before.latest[0]).toMatchObject({ outcome: 'dead-lettered', amounts: [] });
      const again = await intake.reopen();
      const after = again.connectors.live();
      expect(after.valueToday).toEqual(before.valueToday);
      expect(after).toMatchObject({ deadLettersOpen: 1, totals: { messages: 0 }, p50Ms: null });
      await again.connectors.close();
    });
  });

  it('are told ten times a second at most, and to nobody after the end', async () => {
    await withIntake(async (intake) => {
      const stop = new AbortController();
      const told: number[] = [];
      const listening = (async () => {
        for await (const figures of intake.connectors.watchLive(stop.signal))
          told.push(figures.totals.messages);
      })();
      const startedAt = performance.now();
      for (let n = 0; n < 200; n += 1) await intake.submit({ id: `m${n}` });
      await until(() => told.at(-1) === 200);
      const tookMs = performance.now() - startedAt;
      expect(told.length).toBeLessThanOrEqual(tookMs / 100 + 2);
      stop.abort();
      await listening;
      const more = intake.connectors.watchLive();
      expect((await more.next()).done).toBe(false);
      const next = more.next();
      await intake.connectors.close();
      expect((await next).done).toBe(true);
    });
  });
});

describe('dead letters', () => {
  it('count up what comes again, keep their history, and are taken once what was wrong is mended', async () => {
    let mended = false;
    await withIntake(
      async (intake) => {
        const poison = { id: 'p', fate: 'poison' as const };
        const first = await intake.submit(poison);
        expect(await intake.submit(poison)).toMatchObject({ deadLetterId: first.deadLetterId });
        const id = first.deadLetterId!;
        expect(await intake.connectors.retry(id, CALLER)).toMatchObject({
          result: 'dead-lettered',
          deadLetterId: id,
        });
        expect(intake.connectors.get(id)).toMatchObject({
          ...{ state: 'open', attempts: 3, code: 'INSTANT_KIND_UNKNOWN', path: '/Doc/Amt', line: 7 },
          history: [{ how: 'arrived' }, { how: 'delivered-again' }, { how: 'retried' }],
        });
        expect(intake.connectors.raw(id, CALLER).equals(bytesOf(poison))).toBe(true);
        mended = true;
        expect(await intake.connectors.retry(id, CALLER)).toMatchObject({ result: 'taken' });
        expect(intake.connectors.get(id)).toMatchObject({ state: 'taken', settledBy: 'tester', attempts: 3 });
        expect(intake.held()).toEqual(['p']);
        await expect(intake.connectors.retry(id, CALLER)).rejects.toMatchObject({
          code: 'DEAD_LETTER_SETTLED',
        });
        const kinds = intake.test.audit.list({ limit: 20 }).rows.map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === 'connectors.dead-lettered')).toHaveLength(3);
        expect(kinds).toContain('connectors.dead-letter-shown');
        expect(kinds).toContain('connectors.dead-letter-taken');
      },
      { fixed: () => mended },
    );
  });

  it('are all tried again by their reason, and what the sender brings again settles them too', async () => {
    let mended = false;
    const incidents: string[] = [];
    await withIntake(
      async (intake) => {
        await Promise.all(
          Array.from({ length: 230 }, (_, n) => intake.submit({ id: `p${n}`, fate: 'poison' })),
        );
        await intake.submit(Buffer.from('no json'));
        expect(intake.connectors.counts()).toEqual([{ code: 'INSTANT_KIND_UNKNOWN', open: 231 }]);
        // One incident tells of a whole flood.
        expect(incidents).toEqual(['INSTANT_KIND_UNKNOWN']);
        mended = true;
        await intake.submit({ id: 'p5', fate: 'poison' });
        expect(intake.connectors.live().deadLettersOpen).toBe(230);
        const result = await intake.connectors.retryAll('INSTANT_KIND_UNKNOWN', CALLER);
        expect(result).toEqual({ tried: 230, taken: 229, failed: 1 });
        expect(intake.held()).toHaveLength(230);
        expect(new Set(intake.held()).size).toBe(230);
        const { rows, total } = intake.connectors.list({ limit: 100, state: 'open' });
        expect([rows.length, total, rows[0]?.attempts]).toEqual([1, 1, 2]);
      },
      { fixed: () => mended, raise: ({ dedupeKey }) => incidents.push(dedupeKey) },
    );
  });

  it('are dismissed for a stated reason, once', async () => {
    await withIntake(async (intake) => {
      const { deadLetterId: id } = await intake.submit({ id: 'p', fate: 'poison' });
      const { connectors } = intake;
      expect(() => connectors.dismiss(id!, '  ', CALLER)).toThrow(/stated reason/);
      expect(connectors.dismiss(id!, 'A test of the sender.', CALLER)).toMatchObject({
        ...{ state: 'dismissed', settledBy: 'tester', dismissal: 'A test of the sender.' },
      });
      expect(() => connectors.dismiss(id!, 'again', CALLER)).toThrow(/already/);
      expect(() => connectors.get('999')).toThrow(/no dead letter/);
      expect(() => connectors.get('x')).toThrow(/no dead letter/);
      // The same bytes are a new dead letter after that: somebody sent them again.
      expect((await intake.submit({ id: 'p', fate: 'poison' })).deadLetterId).not.toBe(id);
    });
  });

  it('are paged, newest first', async () => {
    await withIntake(async (intake) => {
      for (let n = 0; n < 5; n += 1) await intake.submit({ id: `p${n}`, fate: 'poison' });
      const first = intake.connectors.list({ limit: 3 });
      const second = intake.connectors.list({ limit: 3, cursor: first.nextCursor! });
      expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(['5', '4', '3', '2', '1']);
      expect(second.nextCursor).toBeNull();
      expect(() => intake.connectors.list({ limit: 3, cursor: 'x' })).toThrow(/cursor/);
    });
  });
});
