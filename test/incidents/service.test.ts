import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/contract/jobs.ts';
import { createLogger, type IncidentReport } from '../../src/main/base/index.ts';
import {
  createIncidents,
  type IncidentNotice,
  type Incidents,
  noticeFile,
} from '../../src/main/incidents/index.ts';
import { createFeed } from '../../src/main/jobs/index.ts';
import { fixedClockRuntime, type TestVault, withTestVault } from '../support/vault.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 20, 10);
const ada = { actor: 'ada', traceId: 'trace-1' };
const REPORT: IncidentReport = {
  kind: 'hsm.unreachable',
  dedupeKey: 'hsm/slot-1',
  severity: 'high',
  title: 'The HSM does not answer.',
  detail: { slot: 1, holder: 'Muster GmbH' },
};

interface Desk {
  readonly test: TestVault;
  readonly incidents: Incidents;
  readonly runtime: ReturnType<typeof fixedClockRuntime>;
  readonly notices: IncidentNotice[];
  readonly events: FeedEvent[];
  readonly logged: string[];
  /** As a restart does. */
  reopen(): Promise<Desk>;
}

function deskOn(test: TestVault, runtime: Desk['runtime'], notifierFails = false): Desk {
  const feed = createFeed();
  const events: FeedEvent[] = [];
  const notices: IncidentNotice[] = [];
  const logged: string[] = [];
  const incidents = createIncidents({
    ...test,
    feed: { ...feed, publish: (event) => events.push(event), changed: () => {} },
    log: createLogger((line) => logged.push(line), runtime.nowMs),
    notifier: {
      notify(notice) {
        if (notifierFails) throw new Error('Muster GmbH has no screen');
        notices.push(notice);
      },
    },
  });
  const reopen = async () => deskOn(await test.reopen(), runtime);
  return { test, incidents, runtime, notices, events, logged, reopen };
}

function withDesk(work: (desk: Desk) => void | Promise<void>, notifierFails = false): Promise<void> {
  const runtime = fixedClockRuntime(START);
  return withTestVault((test) => work(deskOn(test, runtime, notifierFails)), { runtime });
}

const lines = ({ test }: Desk) =>
  readFileSync(noticeFile(test.directory), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const refusal = (code: string) => expect.objectContaining({ code });
const actionsOf = (desk: Desk, id: string) => desk.incidents.get(id).timeline.map(({ action }) => action);
const records = ({ test }: Desk) =>
  test.audit
    .list({ limit: 100 })
    .rows.map(({ kind }) => kind)
    .reverse();

describe('settling', () => {
  it('resolves the incident of a key by who decided what it was about, and no other', () =>
    withDesk((desk) => {
      const { raise, settle, get } = desk.incidents;
      const cause = 'The request was refused by a checker.';
      raise(REPORT);
      raise({ ...REPORT, dedupeKey: 'hsm/slot-2' });
      settle('hsm/slot-1', cause, ada);
      settle('hsm/slot-1', cause, ada);
      settle('nothing', cause, ada);
      expect(get('1')).toMatchObject({ state: 'resolved', resolvedAtMs: START, acknowledgeByMs: null });
      expect(get('1').timeline.at(-1)).toMatchObject({ action: 'resolved', actor: 'ada', note: cause });
      expect(get('2').state).toBe('open');
      expect(records(desk)).toEqual(['incidents.raised', 'incidents.raised', 'incidents.resolved']);
    }));

  it('ends nothing that two people must end', () =>
    withDesk(({ incidents }) => {
      incidents.raise({ ...REPORT, kind: 'audit.head-inconsistent' });
      incidents.settle(REPORT.dedupeKey, 'The request can never run any more.', ada);
      expect(incidents.get('1').state).toBe('open');
    }));
});

describe('raising', () => {
  it('keeps title and facts sealed, writes one record, and tells on every way', () =>
    withDesk((desk) => {
      desk.incidents.raise(REPORT);
      expect(desk.incidents.get('1')).toMatchObject({
        ...{ kind: 'hsm.unreachable', severity: 'high', state: 'open', title: REPORT.title, count: 1 },
        detail: REPORT.detail,
        acknowledgeByMs: START + 5 * MINUTE,
        timeline: [{ action: 'raised', actor: 'system', atMs: START, note: null, record: 1n }],
        policy: { kind: 'hsm', acknowledgeWithinMs: 5 * MINUTE },
      });
      expect(records(desk)).toEqual(['incidents.raised']);
      const row = desk.test.vault.db.prepare('SELECT * FROM incident').raw().get() as unknown[];
      expect(row.map(String).join(' ')).not.toMatch(/Muster|answer|slot-1/);
      expect(desk.events).toEqual([
        {
          type: 'incident',
          incident: { id: '1', kind: REPORT.kind, severity: 'high', action: 'raised' },
        },
      ]);
      expect(desk.notices).toMatchObject([{ id: '1', title: REPORT.title, action: 'raised' }]);
      expect(lines(desk)).toEqual([
        {
          time: new Date(START).toISOString(),
          id: '1',
          kind: REPORT.kind,
          severity: 'high',
          title: REPORT.title,
          action: 'raised',
          level: 0,
        },
      ]);
      expect(readFileSync(noticeFile(desk.test.directory), 'utf8')).not.toContain('Muster');
      expect(statSync(noticeFile(desk.test.directory)).mode & 0o777).toBe(0o600);
    }));

  it('counts up what is not resolved, without another notice, and says when it became worse', () =>
    withDesk((desk) => {
      desk.incidents.raise(REPORT);
      desk.runtime.advance(MINUTE);
      desk.incidents.raise(REPORT);
      desk.incidents.acknowledge('1', ada);
      desk.incidents.raise({ ...REPORT, severity: 'critical', title: 'Both HSMs are gone.' });
      expect(desk.incidents.get('1')).toMatchObject({
        count: 3,
        severity: 'critical',
        state: 'open',
        owner: 'ada',
        lastSeenAtMs: START + MINUTE,
      });
      expect(actionsOf(desk, '1')).toEqual(['raised', 'acknowledged', 'worsened']);
      expect(records(desk)).toEqual([
        'incidents.raised',
        'incidents.counted',
        'incidents.acknowledged',
        'incidents.worsened',
      ]);
      expect(lines(desk).map(({ action }) => action)).toEqual(['raised', 'worsened']);
    }));

  it('raises what recurs after its resolution as a new incident that names the old', () =>
    withDesk((desk) => {
      desk.incidents.raise(REPORT);
      desk.incidents.resolve('1', 'A loose cable.', ada);
      desk.incidents.raise(REPORT);
      expect(desk.incidents.get('2')).toMatchObject({
        state: 'open',
        count: 1,
        previousId: '1',
        nextId: null,
      });
      expect(desk.incidents.get('1')).toMatchObject({ state: 'resolved', count: 1, nextId: '2' });
      expect(actionsOf(desk, '2')).toEqual(['recurred']);
    }));

  it('stands or falls with the transaction around it, notices and all', () =>
    withDesk((desk) => {
      const { vault } = desk.test;
      const failing = () =>
        vault.transaction(() => {
          desk.incidents.raise(REPORT);
          throw new Error('the work fails');
        });
      expect(failing).toThrow('the work fails');
      expect(desk.incidents.list({ limit: 10 }).rows).toEqual([]);
      expect(desk.notices).toEqual([]);
      vault.transaction(() => {
        desk.incidents.raise(REPORT);
        expect(desk.notices).toEqual([]);
      });
      expect(desk.notices).toHaveLength(1);
      expect(records(desk)).toEqual(['incidents.raised']);
    }));

  it('is not disturbed by notices that fail, and logs them without their text', () =>
    withDesk((desk) => {
      const path = noticeFile(desk.test.directory);
      mkdirSync(path);
      desk.test.vault.transaction(() => desk.incidents.raise(REPORT));
      expect(desk.incidents.counts().open).toBe(1);
      expect(desk.events).toHaveLength(1);
      expect(desk.logged.map((line) => JSON.parse(line).way)).toEqual(['system', 'file']);
      expect(desk.logged.join()).not.toContain('Muster');
      rmSync(path, { recursive: true });
    }, true));

  it('never follows a link that lies in the place of its file', () =>
    withDesk((desk) => {
      const target = join(desk.test.directory, 'elsewhere');
      writeFileSync(target, 'as it was');
      symlinkSync(target, noticeFile(desk.test.directory));
      desk.incidents.raise(REPORT);
      expect(readFileSync(target, 'utf8')).toBe('as it was');
      expect(JSON.parse(desk.logged[0]!)).toMatchObject({ way: 'file' });
    }));

  it('masks what looks like an account number before it leaves the vault', () =>
    withDesk((desk) => {
      desk.incidents.raise({ ...REPORT, title: 'A wire to DE89370400440532013000 is held.' });
      expect(desk.notices[0]!.title).toBe('A wire to DE…00 is held.');
      expect(lines(desk)[0]!.title).toBe('A wire to DE…00 is held.');
    }));

  it.each([
    ['a kind', { kind: 'hsm' }],
    ['a key', { dedupeKey: '' }],
    ['a title', { title: ' ' }],
  ])('refuses a report without %s', (_what, change) =>
    withDesk(({ incidents }) => {
      expect(() => incidents.raise({ ...REPORT, ...change })).toThrow(TypeError);
      expect(incidents.counts().open).toBe(0);
    }),
  );
});

describe('working on an incident', () => {
  it('is acknowledged, assigned, escalated and resolved, each with its record', () =>
    withDesk((desk) => {
      const { incidents } = desk;
      incidents.raise(REPORT);
      expect(incidents.acknowledge('1', ada)).toMatchObject({ state: 'acknowledged', owner: 'ada' });
      expect(incidents.assign('1', ' bob ', ada)).toMatchObject({ owner: 'bob' });
      expect(incidents.escalate('1', 'The vendor must come.', ada)).toMatchObject({
        level: 1,
        state: 'open',
      });
      expect(incidents.resolve('1', 'A loose cable.', ada)).toMatchObject({ state: 'resolved' });
      const { timeline } = incidents.get('1');
      expect(timeline.map(({ action, actor, note }) => [action, actor, note])).toEqual([
        ['raised', 'system', null],
        ['acknowledged', 'ada', null],
        ['assigned', 'ada', 'bob'],
        ['escalated', 'ada', 'The vendor must come.'],
        ['resolved', 'ada', 'A loose cable.'],
      ]);
      expect(timeline.map(({ record }) => record)).toEqual([1n, 2n, 3n, 4n, 5n]);
      expect(JSON.parse(desk.test.audit.get(5n).detail!)).toMatchObject({
        after: { state: 'resolved' },
        note: 'A loose cable.',
      });
      expect(desk.notices.map(({ action }) => action)).toEqual(['raised', 'escalated']);
    }));

  it.each<[what: string, code: string, act: (incidents: Incidents) => unknown]>([
    ['an unknown id', 'INCIDENT_UNKNOWN', (room) => room.acknowledge('7', ada)],
    ['an id that is none', 'INCIDENT_UNKNOWN', (room) => room.get('x')],
    ['no cause', 'INCIDENT_CAUSE_MISSING', (room) => room.resolve('1', '  ', ada)],
    ['a cause of signs', 'INCIDENT_CAUSE_MISSING', (room) => room.resolve('1', '...', ada)],
    ['no reason', 'INCIDENT_REASON_MISSING', (room) => room.escalate('1', '', ada)],
    ['no owner', 'INCIDENT_OWNER_MISSING', (room) => room.assign('1', '\t', ada)],
  ])('refuses %s and changes nothing', (_what, code, act) =>
    withDesk((desk) => {
      desk.incidents.raise(REPORT);
      const before = desk.incidents.get('1');
      expect(() => act(desk.incidents)).toThrow(refusal(code));
      expect(desk.incidents.get('1')).toEqual(before);
      expect(records(desk)).toEqual(['incidents.raised']);
    }),
  );

  it('leaves a resolved incident as it is, in the service and in the table', () =>
    withDesk(({ incidents, test }) => {
      incidents.raise(REPORT);
      incidents.resolve('1', 'A loose cable.', ada);
      for (const act of [
        () => incidents.acknowledge('1', ada),
        () => incidents.assign('1', 'bob', ada),
        () => incidents.escalate('1', 'again', ada),
        () => incidents.resolve('1', 'again', ada),
      ])
        expect(act).toThrow(refusal('INCIDENT_RESOLVED'));
      const { db } = test.vault;
      expect(() => db.exec("UPDATE incident SET owner = 'eve'")).toThrow('not edited');
      expect(() => db.exec('DELETE FROM incident')).toThrow('not deleted');
      expect(() => db.exec("UPDATE incident_event SET actor = 'eve'")).toThrow('not edited');
      expect(() => db.exec('DELETE FROM incident_event')).toThrow('not deleted');
    }));
});

describe('the clock', () => {
  it('escalates level by level while nobody acknowledges, and at the top says so once', () =>
    withDesk((desk) => {
      desk.incidents.raise(REPORT);
      desk.runtime.advance(5 * MINUTE - 1);
      expect(desk.incidents.escalateOverdue()).toBe(0);
      desk.runtime.advance(1);
      expect(desk.incidents.counts()).toMatchObject({ open: 1, overdue: 1 });
      expect(desk.incidents.escalateOverdue()).toBe(1);
      for (let i = 0; i < 6; i += 1) {
        desk.runtime.advance(5 * MINUTE);
        desk.incidents.escalateOverdue();
      }
      expect(desk.incidents.get('1')).toMatchObject({ level: 3, state: 'open' });
      expect(actionsOf(desk, '1')).toEqual(['raised', 'escalated', 'escalated', 'escalated', 'overdue']);
      expect(desk.incidents.get('1').timeline[1]).toMatchObject({
        actor: 'system',
        note: 'Not acknowledged by 2026-11-20 10:05:00 UTC.',
      });
      expect(desk.notices.map(({ action, level }) => `${action} ${level}`)).toEqual([
        ...['raised 0', 'escalated 1', 'escalated 2', 'escalated 3', 'overdue 3'],
      ]);
    }));

  it('catches up at the opening on what ran out while the vault was closed, and says so', () =>
    withDesk(async (desk) => {
      desk.incidents.raise(REPORT);
      desk.runtime.advance(62 * 60 * MINUTE);
      const again = await desk.reopen();
      expect(again.incidents.escalateOverdue()).toBe(1);
      expect(again.incidents.escalateOverdue()).toBe(0);
      expect(again.incidents.get('1')).toMatchObject({
        level: 1,
        acknowledgeByMs: START + (62 * 60 + 5) * MINUTE,
        timeline: [{}, { note: 'Not acknowledged by 2026-11-20 10:05:00 UTC; the vault was closed then.' }],
      });
      expect(again.notices).toMatchObject([{ action: 'escalated', level: 1 }]);
    }));
});

describe('what cannot be opened any more', () => {
  it('says so, and leaves list, clock and the other incidents as they are', () =>
    withDesk((desk) => {
      const { vault, sealing } = desk.test;
      desk.incidents.raise(REPORT);
      desk.incidents.raise({ ...REPORT, dedupeKey: 'other', title: 'Another thing.' });
      desk.incidents.escalate('1', 'Nobody answers.', ada);
      const ids = vault.db
        .prepare<[], bigint>(
          `SELECT sealed_id FROM incident WHERE id = 1 UNION ALL
           SELECT note_sealed_id FROM incident_event WHERE note_sealed_id IS NOT NULL`,
        )
        .pluck()
        .all();
      vault.transaction(() => {
        for (const id of ids) sealing.erase(id);
      });
      const gone = 'The sealed text cannot be opened any more.';
      expect(desk.incidents.list({ limit: 10 }).rows.map(({ title }) => title)).toEqual([
        'Another thing.',
        gone,
      ]);
      expect(desk.incidents.get('1')).toMatchObject({
        detail: {},
        timeline: [{ note: null }, { note: gone }],
      });
      desk.runtime.advance(10 * MINUTE);
      expect(desk.incidents.escalateOverdue()).toBe(2);
      expect(desk.incidents.resolve('1', 'It was erased.', ada)).toMatchObject({ state: 'resolved' });
    }));
});

describe('the list', () => {
  it('filters, counts and pages: the worst first, then whose clock runs out first, what is resolved last', () =>
    withDesk(({ incidents }) => {
      for (let i = 1; i <= 7; i += 1)
        incidents.raise({
          ...REPORT,
          dedupeKey: `key ${i}`,
          kind: i % 2 ? 'backup.failed' : 'hsm.unreachable',
          severity: i === 7 ? 'critical' : 'low',
        });
      incidents.acknowledge('2', ada);
      incidents.resolve('3', 'Noise.', ada);
      const ids = (query: object) => incidents.list({ limit: 10, ...query }).rows.map(({ id }) => id);
      const queue = ids({ state: 'unresolved' });
      expect([queue[0], queue.at(-1)]).toEqual(['7', '2']);
      // The clock of the HSM is the shortest.
      expect(queue.slice(1, 3)).toEqual(['6', '4']);
      expect(queue.slice(3, 5)).toEqual(['5', '1']);
      expect(ids({})).toEqual([...queue, '3']);
      expect(ids({ state: 'acknowledged' })).toEqual(['2']);
      expect(ids({ state: 'resolved' })).toEqual(['3']);
      expect(ids({ severity: 'critical' })).toEqual(['7']);
      expect(ids({ kind: 'backup.failed', state: 'open' })).toEqual(['7', '5', '1']);
      const first = incidents.list({ limit: 3, state: 'unresolved' });
      expect(first.total).toBe(6);
      expect(first.rows.map(({ id }) => id)).toEqual(queue.slice(0, 3));
      const second = incidents.list({ limit: 3, state: 'unresolved', cursor: first.nextCursor! });
      expect(second.rows.map(({ id }) => id)).toEqual(queue.slice(3));
      expect(() => incidents.list({ limit: 3, cursor: '9' })).toThrow('none that was given out');
      expect(second).toMatchObject({ total: null, nextCursor: null });
      expect(incidents.counts()).toEqual({ open: 5, acknowledged: 1, resolved: 1, critical: 1, overdue: 0 });
    }));
});
