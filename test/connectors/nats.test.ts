import { jetstreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startNats, type TestNats } from './nats-server.ts';
import { bytesOf, CALLER, type Small, type TestIntake, until, withFolder, withIntake } from './support.ts';

const settingsOf = (nats: TestNats) => ({
  ...{
    kind: 'nats' as const,
    servers: [nats.url],
    stream: 'PAYMENTS',
    durable: 'countersign',
    ackWaitMs: 2_000,
  },
});
const attach = (intake: TestIntake, nats: TestNats) =>
  intake.connectors.add({ label: 'rails', settings: settingsOf(nats) }, CALLER);
const many = (count: number, from = 0, more: Partial<Small> = {}) =>
  Array.from({ length: count }, (_, n) => bytesOf({ id: `n${from + n}`, ...more }));
const allDone = async (nats: TestNats) => {
  for (let tries = 0; ; tries += 1) {
    if ((await nats.pending('PAYMENTS', 'countersign')) === 0) return;
    if (tries > 300) throw new Error('messages are still pending');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

let nats: TestNats;
let ended: (() => void) | undefined;
let folderDone: Promise<unknown>;

beforeEach(async () => {
  await new Promise<void>((ready, failed) => {
    folderDone = withFolder(async (folder) => {
      nats = await startNats(folder);
      ready();
      await new Promise<void>((resolve) => {
        ended = resolve;
      });
      await nats.stop();
    }).catch(failed);
  });
});
afterEach(async () => {
  ended?.();
  await folderDone;
});

describe('NATS JetStream', () => {
  it('is acknowledged message by message, after the vault has committed', async () => {
    await withIntake(async (intake) => {
      await nats.publish(many(300));
      await attach(intake, nats);
      await until(() => intake.held().length === 300);
      await allDone(nats);
      expect(intake.connectors.connectors()[0]).toMatchObject({
        state: 'running',
        taken: 300,
        address: expect.any(String),
      });
      await nats.publish(many(5, 300));
      await until(() => intake.held().length === 305);
    });
  }, 60_000);

  it('has its poison ended once it lies on the dead-letter list', async () => {
    await withIntake(async (intake) => {
      await nats.publish([...many(3), bytesOf({ id: 'p', fate: 'poison' }), Buffer.from('{'), ...many(3, 3)]);
      await attach(intake, nats);
      await until(() => intake.held().length === 6);
      await allDone(nats);
      expect(intake.connectors.counts()).toEqual([{ code: 'INSTANT_KIND_UNKNOWN', open: 2 }]);
      const { rows } = intake.connectors.list({ limit: 5 });
      expect(rows.map(({ attempts }) => attempts)).toEqual([1, 1]);
    });
  }, 60_000);

  it('is stopped and started: nothing is lost and nothing comes twice', async () => {
    await withIntake(async (intake) => {
      await nats.publish(many(400));
      await attach(intake, nats);
      await until(() => intake.held().length > 50);
      await nats.stop();
      await until(() => intake.connectors.connectors()[0]?.state === 'waiting');
      await nats.start();
      await nats.publish(many(100, 400));
      await until(() => intake.held().length === 500, 40_000);
      await allDone(nats);
      expect(new Set(intake.held()).size).toBe(500);
      expect(intake.connectors.connectors()[0]?.state).toBe('running');
    });
  }, 90_000);

  it('waits for a server that is not there yet', async () => {
    await withIntake(async (intake) => {
      await nats.stop();
      const line = await attach(intake, nats);
      expect(line).toMatchObject({ state: 'waiting', code: 'CONNECTOR_UNREACHABLE' });
      await nats.start();
      await nats.publish(many(3));
      await until(() => intake.held().length === 3, 40_000);
    });
  }, 60_000);

  it('leaves with the server what was not acknowledged when the vault was locked', async () => {
    let why: 'index-not-ready' | null = 'index-not-ready';
    await withIntake(
      async (intake) => {
        await nats.publish(many(40));
        await attach(intake, nats);
        await until(() => intake.connectors.waiting().count === 40);
        expect(await nats.pending('PAYMENTS', 'countersign')).toBe(40);
        await intake.connectors.close();
        expect(await nats.pending('PAYMENTS', 'countersign')).toBe(40);
        expect(intake.held()).toEqual([]);
        why = null;
        // Another console that shares the durable name would get them; here their time is made short.
        await nats.with(async (connection) => {
          const manager = await jetstreamManager(connection);
          await manager.consumers.delete('PAYMENTS', 'countersign');
        });
        const again = await intake.reopen();
        await again.connectors.startAll();
        await until(() => again.held().length === 40, 40_000);
        await allDone(nats);
        await again.connectors.close();
      },
      { hold: () => why },
    );
  }, 90_000);

  it('knows what is delivered again, also after the consumer was made anew', async () => {
    await withIntake(async (intake) => {
      await nats.publish([...many(20), bytesOf({ id: 'p', fate: 'poison' })]);
      const { id } = await attach(intake, nats);
      await allDone(nats).catch(() => undefined);
      await until(() => intake.held().length === 20);
      await intake.connectors.stop(id, CALLER);
      await nats.with(async (connection) => {
        await (await jetstreamManager(connection)).consumers.delete('PAYMENTS', 'countersign');
      });
      await intake.connectors.start(id, CALLER);
      await until(() => intake.connectors.live().totals.duplicates === 20);
      await allDone(nats);
      expect(intake.held()).toHaveLength(20);
      expect(intake.connectors.list({ limit: 5 }).rows.map(({ attempts }) => attempts)).toEqual([1]);
    });
  }, 90_000);

  it('holds messages back while the queue is full, and takes them all in the end', async () => {
    await withIntake(
      async (intake) => {
        await nats.publish(many(120));
        await attach(intake, nats);
        await until(() => intake.held().length === 120, 60_000);
        await allDone(nats);
        expect(intake.connectors.live().totals.refused).toBeGreaterThan(0);
        expect(new Set(intake.held()).size).toBe(120);
      },
      { most: { count: 10 } },
    );
  }, 90_000);

  it('signs in with what was sealed, and never shows it', async () => {
    await withFolder(async (folder) => {
      const guarded = await startNats(folder, 'correct horse battery');
      try {
        await withIntake(async (intake) => {
          const settings = { ...settingsOf(guarded), user: 'bank' };
          const wrong = await intake.connectors.add({ label: 'rails', settings, secret: 'wrong' }, CALLER);
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          expect(intake.connectors.connectors()[0]?.state).toBe('waiting');
          await guarded.publish(many(2));
          await intake.connectors.change(
            wrong.id,
            { label: 'rails', settings, secret: 'correct horse battery' },
            CALLER,
          );
          await until(() => intake.held().length === 2);
          expect(JSON.stringify(intake.connectors.connectors())).not.toContain('battery');
          for (const { seq } of intake.test.audit.list({ limit: 20 }).rows) {
            expect(intake.test.audit.get(seq).detail).not.toContain('battery');
          }
        });
      } finally {
        await guarded.stop();
      }
    });
  }, 60_000);
});
