import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permissions } from '../../src/contract/common.ts';
import { type RoleId, roleIds } from '../../src/contract/operators.ts';
import { waitAfterMs, waitsUntilMs } from '../../src/main/operators/back-off.ts';
import {
  brokenDuty,
  CLI_PERMISSIONS,
  DUTIES,
  limitsOf,
  OFFICER_ROLES,
  permissionsOf,
  ROLES,
  SERVICE_PERMISSIONS,
} from '../../src/main/operators/roles.ts';

const MINUTE_MS = 60_000;

describe('roles', () => {
  it('are all of the contract, each with something to do', () => {
    expect(Object.keys(ROLES).sort()).toEqual([...roleIds].sort());
    for (const id of roleIds) expect(ROLES[id].permissions).toContain('read');
  });

  it('give every permission to somebody, and opening a vault to nobody', () => {
    const given = new Set([...permissionsOf(roleIds)]);
    expect(permissions.filter((one) => !given.has(one))).toEqual(['open']);
  });

  it('let an administrator move no money, and nobody else manage people', () => {
    expect([...permissionsOf(['administrator'])].sort()).toEqual([
      'answer',
      'connectors',
      'people',
      'read',
      'verify',
    ]);
    expect(roleIds.filter((id) => ROLES[id].permissions.includes('people'))).toEqual(['administrator']);
  });

  it('let an auditor change nothing', () => {
    expect(ROLES.auditor.changesNothing).toBe(true);
    expect(ROLES.auditor.permissions).toEqual(['read', 'verify', 'unmask']);
  });

  it('keep people, keys and decisions over the books from accounts without a person', () => {
    for (const held of ['people', 'keys', 'slots', 'post', 'close-period', 'incidents'] as const) {
      expect(SERVICE_PERMISSIONS).not.toContain(held);
      expect(CLI_PERMISSIONS).not.toContain(held);
    }
  });

  it.each<[RoleId[], number, number]>([
    [['treasury-analyst'], 240, 60],
    [['treasury-approver'], 240, 60],
    [['trader'], 720, 30],
    [['custody-officer'], 60, 15],
    [['custody-officer', 'risk-manager'], 60, 15],
    [['administrator', 'security-officer'], 720, 60],
  ])('%j are signed in for %i min at most, %i min idle', (roles, maxMin, idleMin) => {
    expect(limitsOf(roles)).toEqual({ maxMs: maxMin * MINUTE_MS, idleMs: idleMin * MINUTE_MS });
  });
});

describe('segregation of duties', () => {
  it.each<[RoleId[], string]>([
    [['auditor', 'risk-manager'], 'auditor-alone'],
    [['administrator', 'treasury-analyst'], 'people-or-money'],
    [['administrator', 'custody-officer'], 'people-or-money'],
    [['treasury-analyst', 'treasury-approver'], 'maker-or-checker'],
    [['settlement-officer', 'treasury-approver'], 'maker-or-checker'],
    [['trader', 'settlement-officer'], 'front-or-back'],
    [['trader', 'risk-manager'], 'front-or-back'],
    [['fraud-reviewer', 'treasury-analyst'], 'money-or-review'],
    [['custody-officer', 'security-officer'], 'custody-or-security'],
  ])('%j breaks %s', (roles, rule) => {
    expect(brokenDuty(roles)?.id).toBe(rule);
    expect(brokenDuty([...roles].reverse())?.id).toBe(rule);
  });

  it.each<RoleId[][]>([
    [[...OFFICER_ROLES]],
    [['treasury-analyst', 'settlement-officer']],
    [['fraud-reviewer', 'aml-analyst', 'compliance-officer']],
    [['auditor']],
  ])('%j is allowed', (roles) => {
    expect(brokenDuty(roles)).toBeUndefined();
  });

  it('lets no role stand on both sides of a rule, and every role be held alone', () => {
    for (const { one, other } of DUTIES) expect(one.filter((role) => other.includes(role))).toEqual([]);
    for (const role of roleIds) expect(brokenDuty([role])).toBeUndefined();
  });

  it('stays broken whatever is added', () => {
    fc.assert(
      fc.property(fc.subarray([...roleIds]), fc.constantFrom(...roleIds), (roles, more) => {
        if (brokenDuty(roles)) expect(brokenDuty([...roles, more])).toBeDefined();
      }),
    );
  });
});

describe('the brake after failed sign-ins', () => {
  it.each([
    [0, 0],
    [2, 0],
    [3, 1_000],
    [4, 2_000],
    [10, 128_000],
    [13, 900_000],
    [1_000, 900_000],
  ])('after %i failures it is %i ms', (failures, waitMs) => {
    expect(waitAfterMs(failures)).toBe(waitMs);
  });

  it('is never stretched by a clock that was set back', () => {
    expect(waitsUntilMs({ failures: 3, lastFailureAtMs: 9_000_000 }, 5_000)).toBe(6_000);
    expect(waitsUntilMs({ failures: 3, lastFailureAtMs: 4_000 }, 5_000)).toBeNull();
    expect(waitsUntilMs({ failures: 9, lastFailureAtMs: null }, 5_000)).toBeNull();
  });
});
