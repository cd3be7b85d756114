import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoleId } from '../../src/contract/operators.ts';
import { type Desk, openDesk, programSeat, windowSeat } from './support.ts';

const ADA = { actor: 'operator-1', traceId: 't' };
const MINUTE = 60_000;

let desk: Desk;
let cy: string;
beforeEach(async () => {
  desk = await openDesk();
  await desk.nameOfficers();
  cy = await desk.hire('Cy Moor', ['treasury-analyst']);
});
afterEach(() => desk.close());

const asked = (change: object = {}) => ({
  ...{ operatorId: cy, roles: ['treasury-approver' as RoleId], minutes: 30, reason: 'Bo is on a plane' },
  ...change,
});
const kinds = () => {
  const rows = desk.vault.db.prepare<[], { kind: string }>('SELECT kind FROM audit_record ORDER BY seq');
  return rows.all().map(({ kind }) => kind);
};

describe('break-glass', () => {
  it('lends roles across duties, at once, loudly, and only for its time', async () => {
    const seat = windowSeat();
    await desk.signIn(seat, 'Cy Moor');
    expect(desk.operators.sessionOf(seat)?.permissions.has('close-period')).toBe(false);
    const lent = desk.operators.breakGlass(ADA, asked());
    expect(lent).toMatchObject({
      operatorName: 'Cy Moor',
      roles: ['treasury-approver'],
      lentBy: 'operator-1',
    });
    expect(lent.endsAtMs - lent.startedAtMs).toBe(30 * MINUTE);
    expect(desk.operators.sessionOf(seat)?.permissions.has('close-period')).toBe(true);
    expect(desk.operators.sessionOf(seat)?.refusesCommands).toBeUndefined();
    expect(desk.operators.list()[2]).toMatchObject({
      roles: ['treasury-analyst'],
      lentRoles: ['treasury-approver'],
    });
    expect(desk.incidents).toMatchObject([{ kind: 'operators.break-glass', severity: 'critical' }]);
    desk.clock.advance(30 * MINUTE - 1);
    desk.operators.touch(seat);
    expect(desk.operators.sessionOf(seat)?.permissions.has('close-period')).toBe(true);
    desk.clock.advance(1);
    expect(desk.operators.sessionOf(seat)?.permissions.has('close-period')).toBe(false);
    expect(desk.operators.lendings()).toEqual([]);
    expect([desk.operators.endOverdue(), desk.operators.endOverdue()]).toEqual([1, 0]);
    expect(kinds().slice(-1)).toEqual(['operators.break-glass-ended']);
    expect(kinds()).toContain('operators.break-glass');
    // The incident is not resolved by the end: somebody has to say what happened.
    expect(desk.incidents).toHaveLength(1);
  });

  it('ends with its taking back, by who manages people and by who borrowed it, and by nobody else', async () => {
    const lent = desk.operators.breakGlass(ADA, asked());
    const other = { actor: 'operator-2', traceId: 't' };
    expect(() => desk.operators.endBreakGlass(other, lent.id, false)).toThrow(
      expect.objectContaining({ code: 'NOT_PERMITTED' }),
    );
    expect(desk.operators.endBreakGlass({ actor: `operator-${cy}`, traceId: 't' }, lent.id, false)).toEqual(
      [],
    );
    expect(() => desk.operators.endBreakGlass(ADA, lent.id, true)).toThrow(
      expect.objectContaining({ code: 'OPERATOR_LENDING_OVER' }),
    );
    const again = desk.operators.breakGlass(ADA, asked());
    expect(desk.operators.endBreakGlass(other, again.id, true)).toEqual([]);
    expect(desk.incidents).toHaveLength(2);
  });

  it('gets no longer by a clock that is set back, nor by a restart', async () => {
    desk.operators.breakGlass(ADA, asked());
    desk.clock.advance(20 * MINUTE);
    expect(desk.operators.lendings()).toHaveLength(1);
    desk.clock.advance(15 * MINUTE);
    expect(desk.operators.lendings()).toHaveLength(0);
    desk.clock.advance(-20 * MINUTE);
    expect(desk.operators.lendings()).toHaveLength(0);
  });

  it('makes the session as short as the strictest of the roles that are held', async () => {
    const seat = windowSeat();
    await desk.signIn(seat, 'Cy Moor');
    desk.operators.breakGlass(ADA, asked({ roles: ['custody-officer'], minutes: 60 }));
    desk.clock.advance(15 * MINUTE);
    expect(desk.operators.sessionOf(seat)).toBeNull();
  });

  it.each([
    ['to oneself', () => asked({ operatorId: '1' }), 'OPERATOR_SELF'],
    ['to nobody', () => asked({ operatorId: '77' }), 'OPERATOR_UNKNOWN'],
    ['the role of the auditor', () => asked({ roles: ['auditor'] }), 'OPERATOR_LENDING_INVALID'],
    ['what is held already', () => asked({ roles: ['treasury-analyst'] }), 'OPERATOR_LENDING_INVALID'],
    ['for no time', () => asked({ minutes: 0 }), 'OPERATOR_LENDING_INVALID'],
    ['for more than an hour', () => asked({ minutes: 61 }), 'OPERATOR_LENDING_INVALID'],
    ['for a part of a minute', () => asked({ minutes: 1.5 }), 'OPERATOR_LENDING_INVALID'],
  ])('is refused %s, and nothing is lent', (_, wanted, code) => {
    expect(() => desk.operators.breakGlass(ADA, wanted())).toThrow(expect.objectContaining({ code }));
    expect(desk.operators.lendings()).toEqual([]);
    expect(desk.incidents).toEqual([]);
  });

  it('is refused to an auditor, a disabled operator and a service account', async () => {
    const amir = await desk.hire('Audit Amir', ['auditor']);
    const refused = expect.objectContaining({ code: 'OPERATOR_LENDING_INVALID' });
    expect(() => desk.operators.breakGlass(ADA, asked({ operatorId: amir }))).toThrow(refused);
    desk.operators.disable(ADA, cy);
    expect(() => desk.operators.breakGlass(ADA, asked())).toThrow(refused);
    const made = { kind: 'service', name: 'Nightly', passphrase: 'violet anchors drift past' } as const;
    const { id } = await desk.operators.create(ADA, { ...made, permissions: ['read'] });
    expect(() => desk.operators.breakGlass(ADA, asked({ operatorId: id }))).toThrow(refused);
  });

  it('benefits whoever asked only where others have agreed', () => {
    const own = asked({ operatorId: '1', roles: ['custody-officer'] });
    expect(desk.operators.breakGlass(ADA, own, true)).toMatchObject({ operatorId: '1' });
  });

  it('cannot be edited or deleted in the table', () => {
    desk.operators.breakGlass(ADA, asked());
    for (const sql of [
      'UPDATE operator_lending SET ends_at_ms = ends_at_ms + 60000',
      `UPDATE operator_lending SET roles = '["administrator"]'`,
      'DELETE FROM operator_lending',
      'DELETE FROM operator_key',
      `UPDATE operator_key SET suite = 'none'`,
    ])
      expect(() => desk.vault.transaction(() => desk.vault.db.exec(sql)), sql).toThrow();
  });
});

describe('the limits of a session', () => {
  const HOUR = 60 * MINUTE;
  it.each([
    ['payments', ['treasury-analyst'], 4 * HOUR, HOUR],
    ['trading', ['trader'], 12 * HOUR, 30 * MINUTE],
    ['hsm', ['custody-officer'], HOUR, 15 * MINUTE],
    ['office', ['fraud-reviewer'], 12 * HOUR, HOUR],
  ] as const)('%s end it in time, with somebody there and without', async (policy, roles, maxMs, idleMs) => {
    const name = `Person ${policy}`;
    await desk.hire(name, [...roles]);
    const [seat, idle] = [windowSeat(), programSeat()];
    await desk.signIn(seat, name);
    const step = 10 * MINUTE;
    for (let passed = step; passed < maxMs; passed += step) {
      desk.clock.advance(step);
      desk.operators.touch(seat);
      expect(desk.operators.sessionOf(seat), `after ${passed / MINUTE} min`).not.toBeNull();
    }
    desk.clock.advance(step);
    expect(desk.operators.sessionOf(seat)).toBeNull();
    await desk.signIn(idle, name);
    desk.clock.advance(idleMs - 1);
    expect(desk.operators.me(idle)).not.toBeNull();
    await desk.signIn(idle, name);
    desk.clock.advance(idleMs);
    expect(desk.operators.me(idle)).toBeNull();
  });
});
