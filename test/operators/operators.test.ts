import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hybridSignatures } from '../../src/main/crypto/index.ts';
import { type Desk, OWNER, openDesk, PASSPHRASE, programSeat, windowSeat } from './support.ts';

const ADA = { actor: 'operator-1', traceId: 't' };

let desk: Desk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const kinds = (from = 0) =>
  desk.audit
    .list({ limit: 500 })
    .rows.reverse()
    .map(({ kind }) => kind)
    .slice(from);

describe('naming the first two', () => {
  it('makes two administrators with their own keys, in one record without a name in the clear', async () => {
    expect(desk.operators.named()).toBe(false);
    await desk.nameOfficers();
    expect(desk.operators.named()).toBe(true);
    const [ada, bo] = desk.operators.list();
    expect([ada, bo]).toMatchObject([
      { id: '1', name: 'Ada Weiss', kind: 'person', roles: ['administrator', 'security-officer'] },
      { id: '2', name: 'Bo Lind' },
    ]);
    expect(ada?.keyFingerprint).not.toBe(bo?.keyFingerprint);
    expect(kinds()).toEqual(['operators.name-officers']);
    const { rows } = desk.audit.list({ limit: 1 });
    expect(
      JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain('Ada');
    const raw = desk.vault.db.prepare('SELECT * FROM operator JOIN operator_slot ON operator_id = id').all();
    expect(raw).toHaveLength(2);
    expect(
      JSON.stringify(raw, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toMatch(/Ada|Bo Lind/);
  });

  it('happens once', async () => {
    await desk.nameOfficers();
    const before = kinds().length;
    await expect(desk.nameOfficers()).rejects.toMatchObject({ code: 'OPERATORS_NAMED' });
    expect(kinds(before)).toEqual([]);
  });

  it('stands before anybody else is named', async () => {
    await expect(desk.hire('Cy Moor', ['auditor'])).rejects.toMatchObject({ code: 'OPERATORS_NOT_NAMED' });
  });

  it('refuses two officers of one name or one second factor, and names neither', async () => {
    const one = { name: 'Ada Weiss', passphrase: PASSPHRASE, secondFactor: desk.factorFor('Ada Weiss') };
    const like = { ...one, name: 'ADA  weiss', secondFactor: desk.factorFor('other') };
    await expect(desk.operators.nameOfficers(OWNER, [one, like])).rejects.toMatchObject({
      code: 'OPERATOR_NAME_TAKEN',
    });
    const shared = { ...one, name: 'Bo Lind' };
    await expect(desk.operators.nameOfficers(OWNER, [one, shared])).rejects.toMatchObject({
      code: 'OPERATOR_CODE_WRONG',
    });
    expect(desk.operators.named()).toBe(false);
    expect(kinds()).toEqual([]);
  });
});

describe('what is refused when people are named and changed', () => {
  let cy: string;
  let nightly: string;
  beforeEach(async () => {
    await desk.nameOfficers();
    cy = await desk.hire('Cy Moor', ['treasury-analyst']);
    const service = {
      kind: 'service',
      name: 'Nightly',
      passphrase: PASSPHRASE,
      permissions: ['import'],
    } as const;
    nightly = (await desk.operators.create(OWNER, service)).id;
  });

  const person = (change: object) => ({
    ...{ kind: 'person', name: 'Dee Falk', passphrase: PASSPHRASE, roles: ['auditor'] },
    secondFactor: desk.factorFor('Dee Falk'),
    ...change,
  });
  const service = (change: object) => ({
    ...{ kind: 'service', name: 'Weekly', passphrase: PASSPHRASE, permissions: ['read'] },
    ...change,
  });
  const create = (made: object) => desk.operators.create(OWNER, made as never);
  const set = (id: string, roles: string[], permissions: string[] = []) =>
    desk.operators.setRoles(OWNER, id, { roles, permissions } as never);

  const refusals: [string, string, () => unknown][] = [
    ['a name that is taken', 'OPERATOR_NAME_TAKEN', () => create(person({ name: ' cy  MOOR ' }))],
    ['a name of one letter', 'OPERATOR_NAME_INVALID', () => create(person({ name: 'x' }))],
    ['a name with a line break', 'OPERATOR_NAME_INVALID', () => create(person({ name: 'a\u0000b' }))],
    ['a weak passphrase', 'OPERATOR_PASSPHRASE_WEAK', () => create(person({ passphrase: 'password1234' }))],
    [
      'the name as passphrase',
      'OPERATOR_PASSPHRASE_WEAK',
      () => create(person({ passphrase: 'deefalk deefalk' })),
    ],
    [
      'a code that does not fit',
      'OPERATOR_CODE_WRONG',
      () => create(person({ secondFactor: { ...desk.factorFor('Dee Falk'), code: '000000' } })),
    ],
    [
      'a second factor that is too short',
      'OPERATOR_CODE_WRONG',
      () => create(person({ secondFactor: { secret: 'MZXW6YTB', code: '000000' } })),
    ],
    ['nobody without a role', 'OPERATOR_ROLES_MISSING', () => create(person({ roles: [] }))],
    [
      'maker and checker in one',
      'OPERATOR_DUTIES_CONFLICT',
      () => create(person({ roles: ['treasury-analyst', 'treasury-approver'] })),
    ],
    ['a service without permissions', 'OPERATOR_ROLES_MISSING', () => create(service({ permissions: [] }))],
    [
      'a service that manages people',
      'OPERATOR_PERMISSION_NOT_FOR_SERVICE',
      () => create(service({ permissions: ['people'] })),
    ],
    ['a change of nobody', 'OPERATOR_UNKNOWN', () => set('99', ['auditor'])],
    ['a change of no id', 'OPERATOR_UNKNOWN', () => set('x', ['auditor'])],
    ['roles that conflict', 'OPERATOR_DUTIES_CONFLICT', () => set(cy, ['administrator', 'trader'])],
    ['no roles', 'OPERATOR_ROLES_MISSING', () => set(cy, [])],
    ['roles of a service', 'OPERATOR_ROLES_MISSING', () => set(nightly, ['trader'])],
    [
      'its own roles',
      'OPERATOR_SELF',
      () => desk.operators.setRoles(ADA, '1', { roles: ['auditor'], permissions: [] }),
    ],
    ['its own end', 'OPERATOR_SELF', () => desk.operators.disable(ADA, '1')],
    [
      'its own second factor',
      'OPERATOR_SELF',
      () => desk.operators.resetSecondFactor(ADA, '1', desk.factorFor('Ada Weiss')),
    ],
    ['one administrator left', 'OPERATOR_ADMINISTRATORS_FEW', () => desk.operators.disable(ADA, '2')],
    ['one administrator left by roles', 'OPERATOR_ADMINISTRATORS_FEW', () => set('2', ['auditor'])],
    ['enabling the enabled', 'OPERATOR_STATE', () => desk.operators.enable(ADA, cy)],
    [
      'a second factor of a service',
      'OPERATOR_NO_SECOND_FACTOR',
      () => desk.operators.resetSecondFactor(ADA, nightly, desk.factorFor('Nightly')),
    ],
    [
      'a reset without the code',
      'OPERATOR_CODE_WRONG',
      () => desk.operators.resetSecondFactor(ADA, cy, { ...desk.factorFor('Cy Moor'), code: '1' }),
    ],
  ];
  it.each(refusals)('refuses %s', async (_, code, act) => {
    const before = desk.operators.list();
    const records = kinds().length;
    await expect((async () => act())()).rejects.toMatchObject({ code });
    expect(desk.operators.list()).toEqual(before);
    expect(kinds(records)).toEqual([]);
  });

  it('refuses to disable twice', () => {
    desk.operators.disable(ADA, cy);
    expect(() => desk.operators.disable(ADA, cy)).toThrow(
      expect.objectContaining({ code: 'OPERATOR_STATE' }),
    );
  });

  it('writes one record for each change', () => {
    const before = kinds().length;
    set(cy, ['fraud-reviewer', 'aml-analyst']);
    set(nightly, [], ['import', 'match']);
    desk.operators.disable(ADA, cy);
    desk.operators.enable(ADA, cy);
    desk.operators.resetSecondFactor(ADA, cy, desk.factorFor('Cy again'));
    expect(kinds(before)).toEqual([
      'operators.set-roles',
      'operators.set-roles',
      'operators.disable',
      'operators.enable',
      'operators.reset-second-factor',
    ]);
    expect(desk.operators.list().at(-1)?.permissions).toEqual(['import', 'match']);
  });

  it('never lets the database forget an operator or take a code back', () => {
    expect(() => desk.vault.db.exec('DELETE FROM operator')).toThrow(/disabled, not deleted/);
    expect(() => desk.vault.db.exec('UPDATE operator SET totp_step = 0 WHERE id = 1')).toThrow(/forward/);
    expect(() => desk.vault.db.exec('UPDATE operator SET name_sealed_id = 9 WHERE id = 1')).toThrow(
      /keep their name/,
    );
  });
});

describe('signing in', () => {
  let cy: string;
  beforeEach(async () => {
    await desk.nameOfficers();
    cy = await desk.hire('Cy Moor', ['treasury-analyst']);
    const permissions = ['import', 'read'] as const;
    const service = {
      kind: 'service',
      name: 'Nightly',
      passphrase: PASSPHRASE,
      permissions: [...permissions],
    } as const;
    await desk.operators.create(OWNER, service);
    desk.clock.advance(30_000);
  });
  const tryAs = (change: object, seat = windowSeat()) =>
    desk.operators.signIn(
      seat,
      { name: 'Cy Moor', passphrase: PASSPHRASE, code: desk.code('Cy Moor'), ...change },
      't',
    );

  it('gives the connection what the roles give, and no other connection anything', async () => {
    const [seat, other] = [windowSeat(), windowSeat()];
    await desk.operators.signIn(
      seat,
      { name: 'cy moor', passphrase: PASSPHRASE, code: desk.code('Cy Moor') },
      't',
    );
    expect(desk.operators.sessionOf(seat)).toMatchObject({ actor: `operator-${cy}` });
    expect(desk.operators.current(seat)).toMatchObject({
      required: true,
      operator: { name: 'Cy Moor', lastSignInAtMs: desk.clock.nowMs() },
      endsAtMs: desk.clock.nowMs() + 4 * 3_600_000,
    });
    expect(desk.operators.sessionOf(other)).toBeNull();
    expect(desk.operators.current(other)).toMatchObject({ required: true, operator: null, permissions: [] });
    expect(desk.operators.sessionOf(programSeat())).toMatchObject({ actor: 'cli' });
  });

  const refusals: [string, object, boolean][] = [
    ['a wrong passphrase', { passphrase: 'violet anchors drift past eight lanterns' }, true],
    ['a wrong code', { code: '000000' }, true],
    ['no code', { code: undefined }, true],
    ['a name that nobody has', { name: 'Nobody Here' }, true],
    ['a service account at a window', { name: 'Nightly', code: undefined }, true],
    ['a service account with a wrong passphrase', { name: 'Nightly', passphrase: 'x' }, false],
  ];
  it.each(refusals)('refuses %s, in the same words, with a record', async (_, change, isWindow) => {
    const seat = isWindow ? windowSeat() : programSeat();
    const before = kinds().length;
    await expect(tryAs(change, seat)).rejects.toMatchObject({
      code: 'SESSION_REFUSED',
      message: 'Name, passphrase and code do not belong together.',
    });
    expect(kinds(before)).toEqual(['session.refused']);
    expect(desk.operators.me(seat)).toBeNull();
  });

  it('refuses a disabled operator and the code that was used', async () => {
    desk.operators.disable(ADA, cy);
    await expect(tryAs({})).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    desk.operators.enable(ADA, cy);
    await tryAs({});
    await expect(tryAs({})).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    desk.clock.advance(30_000);
    await tryAs({});
  });

  it('judges a code by when it came, however long the passphrase takes', async () => {
    const slow = await openDesk({ stretchMs: 45_000 });
    await slow.nameOfficers();
    const code = slow.code('Ada Weiss');
    slow.clock.advance(29_000);
    const ada = { name: 'Ada Weiss', passphrase: PASSPHRASE };
    await slow.operators.signIn(windowSeat(), { ...ada, code }, 't');
    const late = slow.code('Ada Weiss');
    slow.clock.advance(61_000);
    const refused = slow.operators.signIn(windowSeat(), { ...ada, code: late }, 't');
    await expect(refused).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    slow.close();
  });

  it('takes a service account without a code, at a program’s connection', async () => {
    const seat = programSeat();
    await tryAs({ name: 'Nightly', code: undefined }, seat);
    expect([...desk.operators.sessionOf(seat)!.permissions]).toEqual(['import', 'read']);
  });

  it('waits longer after each failure, for the right passphrase too, and tells an incident', async () => {
    for (let i = 0; i < 3; i += 1)
      await expect(tryAs({ code: '1' })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(tryAs({})).rejects.toMatchObject({
      code: 'SESSION_BACKING_OFF',
      details: { retryAfterMs: 1_000 },
    });
    expect(desk.operators.list().find(({ id }) => id === cy)?.waitsUntilMs).toBe(desk.clock.nowMs() + 1_000);
    desk.clock.advance(1_000);
    await expect(tryAs({ code: '1' })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(tryAs({})).rejects.toMatchObject({ details: { retryAfterMs: 2_000 } });
    desk.clock.advance(2_000);
    expect(desk.incidents).toEqual([]);
    await expect(tryAs({ code: '1' })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    expect(desk.incidents).toMatchObject([{ kind: 'operators.failed-sign-ins', severity: 'high' }]);
    // An administrator ends the wait.
    desk.operators.enable(ADA, cy);
    await tryAs({});
  });

  it('counts tries that run side by side', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => tryAs({ passphrase: 'x' })));
    const codes = tries.map((one) => (one.status === 'rejected' ? one.reason.code : 'in'));
    expect(codes.filter((code) => code === 'SESSION_REFUSED')).toHaveLength(3);
    expect(codes.filter((code) => code === 'SESSION_BACKING_OFF')).toHaveLength(3);
  });

  it('lets one operator take the place of another on a workstation', async () => {
    const seat = windowSeat();
    await desk.signIn(seat, 'Cy Moor');
    const key = desk.sessions.get(seat)!.secretKey;
    await desk.signIn(seat, 'Ada Weiss');
    expect(desk.operators.sessionOf(seat)).toMatchObject({ actor: 'operator-1' });
    expect(key.every((byte) => byte === 0)).toBe(true);
  });

  it('signs as the operator, with a key that the session lock drops', async () => {
    const seat = windowSeat();
    await desk.signIn(seat, 'Cy Moor');
    const signed = { purpose: 'approval', message: Buffer.from('this and nothing else') };
    const { publicKey, signature, operatorId, suite } = desk.operators.signAs(seat, signed);
    expect([operatorId, suite]).toEqual([cy, 'Ed25519+ML-DSA-87']);
    expect(publicKey.equals(desk.operators.publicKeyOf(cy))).toBe(true);
    const verifier = hybridSignatures[suite].verifier(publicKey);
    expect(verifier.verify({ ...signed, signature })).toBe(true);
    expect(verifier.verify({ ...signed, purpose: 'other', signature })).toBe(false);
    expect(() => desk.operators.signAs(windowSeat(), signed)).toThrow(
      expect.objectContaining({ code: 'SESSION_KEY_MISSING' }),
    );
    const key = desk.sessions.get(seat)!.secretKey;
    const program = programSeat();
    await desk.signIn(program, 'Ada Weiss');
    desk.operators.lockWindows();
    expect(key.every((byte) => byte === 0)).toBe(true);
    expect(desk.operators.sessionOf(seat)).toBeNull();
    expect(desk.operators.sessionOf(program)).toMatchObject({ actor: 'operator-1' });
    expect(() => desk.operators.signAs(seat, signed)).toThrow(
      expect.objectContaining({ code: 'SESSION_KEY_MISSING' }),
    );
  });

  it('ends with the role, the limit, the idle time, a clock set back, and being disabled', async () => {
    const seat = windowSeat();
    const isIn = () => desk.operators.sessionOf(seat) !== null;
    await desk.signIn(seat, 'Cy Moor');
    desk.clock.advance(59 * 60_000);
    desk.operators.touch(seat);
    desk.clock.advance(59 * 60_000);
    expect(isIn()).toBe(true);
    desk.clock.advance(60_000);
    expect(isIn()).toBe(false);
    await desk.signIn(seat, 'Cy Moor');
    for (let i = 0; i < 7; i += 1) {
      desk.clock.advance(30 * 60_000);
      desk.operators.touch(seat);
      expect(isIn()).toBe(true);
    }
    desk.clock.advance(30 * 60_000);
    desk.operators.touch(seat);
    expect(isIn()).toBe(false);
    await desk.signIn(seat, 'Cy Moor');
    desk.clock.advance(-30_000);
    expect(isIn()).toBe(true);
    desk.clock.advance(-60_000);
    expect(isIn()).toBe(false);
    desk.clock.advance(600_000);
    await desk.signIn(seat, 'Cy Moor');
    desk.operators.setRoles(ADA, cy, { roles: ['fraud-reviewer'], permissions: [] });
    expect(desk.operators.sessionOf(seat)?.permissions.has('post')).toBe(false);
    desk.operators.disable(ADA, cy);
    expect(isIn()).toBe(false);
    expect(kinds().filter((kind) => kind === 'session.end')).toHaveLength(3);
  });

  it('keeps people over a restart, and nobody signed in', async () => {
    const before = desk.operators.list();
    const again = await desk.reopen();
    const fresh = again.vault.db.prepare('SELECT count(*) AS n FROM operator_slot').get() as { n: bigint };
    expect(Number(fresh.n)).toBe(before.length);
    expect((await again.audit.verify()).findings).toEqual([]);
  });
});

describe('roles that fit no more', () => {
  it('refuse every command of a session whose duties conflict, and of an auditor', async () => {
    await desk.nameOfficers();
    const id = await desk.hire('Eve Stone', ['auditor']);
    const seat = windowSeat();
    await desk.signIn(seat, 'Eve Stone');
    expect(desk.operators.sessionOf(seat)?.refusesCommands).toMatchObject({ code: 'NOT_PERMITTED' });
    // As an older program, or somebody with the file, could have left it.
    desk.vault.db.prepare('UPDATE operator SET roles = ? WHERE id = ?').run('["trader","risk-manager"]', id);
    expect(desk.operators.sessionOf(seat)?.refusesCommands).toMatchObject({
      code: 'OPERATOR_DUTIES_CONFLICT',
    });
  });
});
