import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/contract/jobs.ts';
import { CountersignError, systemRuntime } from '../../src/main/base/index.ts';
import { createFeed, createJobs, type JobHandle } from '../../src/main/jobs/index.ts';

const setUp = () => {
  const feed = createFeed();
  return { feed, jobs: createJobs({ runtime: systemRuntime, feed }) };
};
const request = { kind: 'test.work', label: 'work', cancellable: true };

describe('a job', () => {
  it('answers what the work answers, and is listed as done', async () => {
    const { jobs } = setUp();
    await expect(jobs.run(request, async () => 42)).resolves.toBe(42);
    expect(jobs.list()).toMatchObject([{ kind: 'test.work', state: 'done', progress: 1, error: null }]);
  });

  it.each([
    [
      'our error',
      new CountersignError('LEDGER_UNBALANCED', 'off by one'),
      'failed',
      'LEDGER_UNBALANCED',
      'off by one',
    ],
    [
      'a foreign error, whose text stays inside',
      new Error('secret DE89'),
      'failed',
      'INTERNAL',
      'The work failed; nothing of it counts.',
    ],
    ['an error without a value', undefined, 'failed', 'INTERNAL', 'The work failed; nothing of it counts.'],
  ])('ends with %s', async (_, thrown, state, code, message) => {
    const { jobs } = setUp();
    await expect(jobs.run(request, () => Promise.reject(thrown))).rejects.toBe(thrown);
    expect(jobs.list()[0]).toMatchObject({ state, error: { code, message } });
  });

  it('is cancelled by its id, and only where it can be', async () => {
    const { jobs } = setUp();
    const waiting = async (job: JobHandle) => {
      await new Promise<void>((resolve) => job.signal.addEventListener('abort', () => resolve()));
      job.throwIfCancelled();
    };
    const { id, result } = jobs.start(request, waiting);
    jobs.cancel(id);
    await expect(result).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(jobs.list()[0]!.state).toBe('cancelled');
    const stubborn = jobs.start({ ...request, cancellable: false }, async (job) => job.signal.aborted);
    jobs.cancel(stubborn.id);
    await expect(stubborn.result).resolves.toBe(false);
    expect(() => jobs.cancel('nonsense')).toThrowError(expect.objectContaining({ code: 'JOB_UNKNOWN' }));
  });

  it('derives its progress from counts', async () => {
    const { jobs } = setUp();
    let seen: number | null | undefined;
    await jobs.run(request, async (job) => {
      job.report({ stage: 'posting', doneCount: 50, totalCount: 200 });
      seen = jobs.list()[0]!.progress;
    });
    expect(seen).toBe(0.25);
  });
});

describe('the feed', () => {
  const take = async (events: AsyncGenerator<FeedEvent>, count: number) => {
    const taken: FeedEvent[] = [];
    for await (const event of events) {
      taken.push(event);
      if (taken.length === count) break;
    }
    return taken;
  };

  it('hands every listener what happens from then on', async () => {
    const { feed } = setUp();
    const first = take(feed.watch(), 2);
    const second = take(feed.watch(), 2);
    await Promise.resolve();
    feed.changed('ledger');
    feed.changed('audit', 'statements');
    const expected = [
      { type: 'changed', rooms: ['ledger'] },
      { type: 'changed', rooms: ['audit', 'statements'] },
    ];
    expect(await first).toEqual(expected);
    expect(await second).toEqual(expected);
  });

  it('ends when the caller stops listening and when it closes', async () => {
    const { feed } = setUp();
    const controller = new AbortController();
    const stopped = take(feed.watch(controller.signal), 1);
    const closed = take(feed.watch(), 1);
    await Promise.resolve();
    controller.abort();
    expect(await stopped).toEqual([]);
    feed.close();
    expect(await closed).toEqual([]);
  });

  it('keeps a slow listener whole: no room is lost, however many changes pile up', async () => {
    const { feed } = setUp();
    const events = feed.watch();
    const started = events.next();
    await Promise.resolve();
    feed.changed('start');
    await started;
    for (let at = 0; at < 2000; at += 1) feed.changed(`room-${at}`);
    const rooms = new Set<string>();
    let reads = 0;
    while (rooms.size < 2000) {
      const { value } = await events.next();
      if (value?.type === 'changed') for (const room of value.rooms) rooms.add(room);
      reads += 1;
    }
    expect(reads).toBeLessThan(600);
    await events.return();
  });
});
