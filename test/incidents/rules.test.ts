import { describe, expect, it } from 'vitest';
import type { IncidentSeverity } from '../../src/main/base/index.ts';
import { policyFor, TOP_LEVEL } from '../../src/main/incidents/policies.ts';
import {
  acknowledged,
  assigned,
  clockOf,
  countedUp,
  escalated,
  overdue,
  raised,
  resolved,
  type Standing,
} from '../../src/main/incidents/rules.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 20, 10);

describe('the clock of a kind', () => {
  it.each<[kind: string, severity: IncidentSeverity, minutes: number]>([
    ['wires.unusual', 'high', 15],
    ['hsm.unreachable', 'high', 5],
    ['hsm', 'low', 5],
    ['hsmlike.thing', 'high', 30],
    ['keys.compromised', 'critical', 5],
    ['keys.due', 'high', 30],
    ['backup.failed', 'high', 60],
    ['heartbeat.stopped', 'high', 10],
    ['audit.not-verified', 'critical', 10],
    ['other.thing', 'critical', 15],
    ['other.thing', 'medium', 240],
    ['other.thing', 'low', 1440],
  ])('of %s, %s, is %d minutes', (kind, severity, minutes) => {
    expect(policyFor(kind, severity).acknowledgeWithinMs).toBe(minutes * MINUTE);
  });
});

describe('a clock that the report brings', () => {
  const held = raised('approvals.request', 'high', NOW, 5 * MINUTE);

  it('runs in the place of a longer one, at every level and after every change', () => {
    expect(held.acknowledgeByMs).toBe(NOW + 5 * MINUTE);
    const late = NOW + 5 * MINUTE;
    const up = overdue(held, 'approvals.request', late)!;
    expect([up.action, up.next.acknowledgeByMs]).toEqual(['escalated', late + 5 * MINUTE]);
    const worse = countedUp(acknowledged(held, 'ada'), 'approvals.request', 'critical', late).next;
    expect(worse.acknowledgeByMs).toBe(late + 5 * MINUTE);
    expect(clockOf({ ...held, kind: 'approvals.request' }).acknowledgeWithinMs).toBe(5 * MINUTE);
  });

  it('never makes an incident wait longer than the policies let it', () => {
    expect(raised('approvals.request', 'high', NOW, 24 * 60 * MINUTE).acknowledgeByMs).toBe(
      NOW + 30 * MINUTE,
    );
    expect(raised('approvals.request', 'high', NOW).acknowledgeByMs).toBe(NOW + 30 * MINUTE);
  });
});

const open = raised('hsm.unreachable', 'high', NOW);
const taken = acknowledged(open, 'ada');
const done = resolved(taken, NOW);
const atTop: Standing = { ...open, level: TOP_LEVEL };

describe('an incident', () => {
  it('starts open, at the desk, in nobody’s hand, its clock running', () => {
    expect(open).toMatchObject({
      state: 'open',
      level: 0,
      owner: null,
      count: 1,
      acknowledgeByMs: NOW + 5 * MINUTE,
    });
  });

  const later = NOW + MINUTE;
  const acts: Record<string, (standing: Standing) => Standing> = {
    acknowledge: (standing) => acknowledged(standing, 'bob'),
    assign: (standing) => assigned(standing, 'eve'),
    escalate: (standing) => escalated(standing, 'hsm.unreachable', later),
    resolve: (standing) => resolved(standing, later),
  };

  it.each<[act: string, from: string, standing: Standing, outcome: Partial<Standing> | string]>([
    ['acknowledge', 'open', open, { state: 'acknowledged', owner: 'bob', acknowledgeByMs: null }],
    ['acknowledge', 'assigned', assigned(open, 'eve'), { state: 'acknowledged', owner: 'eve' }],
    ['acknowledge', 'acknowledged', taken, 'INCIDENT_ACKNOWLEDGED'],
    ['acknowledge', 'resolved', done, 'INCIDENT_RESOLVED'],
    ['assign', 'open', open, { state: 'open', owner: 'eve', acknowledgeByMs: NOW + 5 * MINUTE }],
    ['assign', 'acknowledged', taken, { state: 'acknowledged', owner: 'eve', acknowledgeByMs: null }],
    ['assign', 'resolved', done, 'INCIDENT_RESOLVED'],
    ['escalate', 'open', open, { state: 'open', level: 1, acknowledgeByMs: later + 5 * MINUTE }],
    ['escalate', 'acknowledged', taken, { state: 'open', level: 1, owner: null }],
    ['escalate', 'the top', atTop, 'INCIDENT_AT_TOP'],
    ['escalate', 'resolved', done, 'INCIDENT_RESOLVED'],
    ['resolve', 'open', open, { state: 'resolved', acknowledgeByMs: null, resolvedAtMs: later }],
    ['resolve', 'acknowledged', taken, { state: 'resolved', owner: 'ada', resolvedAtMs: later }],
    ['resolve', 'resolved', done, 'INCIDENT_RESOLVED'],
  ])('%s from %s', (act, _from, standing, outcome) => {
    const run = () => acts[act]!(standing);
    if (typeof outcome === 'string') expect(run).toThrow(expect.objectContaining({ code: outcome }));
    else expect(run()).toMatchObject(outcome);
  });

  it.each<[what: string, standing: Standing, severity: IncidentSeverity, outcome: object]>([
    [
      'counts up and leaves the clock',
      open,
      'high',
      { worsened: false, next: { count: 2, lastSeenAtMs: later, acknowledgeByMs: NOW + 5 * MINUTE } },
    ],
    ['keeps the worse severity', open, 'low', { worsened: false, next: { severity: 'high' } }],
    [
      'never puts a running clock back',
      open,
      'critical',
      { worsened: true, next: { severity: 'critical', acknowledgeByMs: NOW + 5 * MINUTE } },
    ],
    [
      'leaves an acknowledged one in hand',
      taken,
      'high',
      { worsened: false, next: { state: 'acknowledged' } },
    ],
    [
      'opens an acknowledged one that became worse',
      taken,
      'critical',
      { worsened: true, next: { state: 'open', owner: 'ada', acknowledgeByMs: later + 5 * MINUTE } },
    ],
  ])('that is reported again %s', (_what, standing, severity, outcome) => {
    expect(countedUp(standing, 'hsm.unreachable', severity, later)).toMatchObject(outcome);
  });

  const due = NOW + 5 * MINUTE;
  it.each<[what: string, standing: Standing, nowMs: number, outcome: object | undefined]>([
    ['is left alone before its time', open, due - 1, undefined],
    ['goes one level up at its time', open, due, { action: 'escalated', next: { level: 1 } }],
    ['is left alone once acknowledged', taken, due + MINUTE, undefined],
    ['is left alone once resolved', done, due + MINUTE, undefined],
    ['is said to be overdue at the top', atTop, due, { action: 'overdue', next: { level: TOP_LEVEL } }],
    ['is said so once', { ...atTop, overdueNoted: true }, due + MINUTE, undefined],
  ])('%s', (_what, standing, nowMs, outcome) => {
    const answer = overdue(standing, 'hsm.unreachable', nowMs);
    if (outcome === undefined) expect(answer).toBeUndefined();
    else expect(answer).toMatchObject(outcome);
  });
});
