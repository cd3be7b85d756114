import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hybridSignatures } from '../../src/main/crypto/index.ts';
import { type Desk, openDesk, PASSPHRASE, windowSeat } from './support.ts';

const signed = { purpose: 'ceremony-step', message: Buffer.from('the hash of a step') };

let desk: Desk;
let cy: string;
beforeEach(async () => {
  desk = await openDesk();
  await desk.nameOfficers();
  cy = await desk.hire('Cy Moor', ['custody-officer']);
  desk.clock.advance(30_000);
});
afterEach(() => desk.close());

const proof = (more: object = {}) => ({
  ...{ passphrase: PASSPHRASE, code: desk.code('Cy Moor'), needsCode: true },
  ...more,
});
const sign = (more: object = {}, id = cy) => desk.operators.signOnce(id, proof(more), signed, 't');
const records = () => desk.audit.list({ limit: 1 }).rows.map(({ kind }) => kind);

describe('a signature of somebody who is signed in nowhere', () => {
  it('verifies under their key, and begins no session', async () => {
    const signature = await sign();
    const { suite, publicKey, name } = desk.operators.signingPerson(cy)!;
    expect(name).toBe('Cy Moor');
    expect(hybridSignatures[suite].verifier(publicKey).verify({ ...signed, signature })).toBe(true);
    expect(desk.sessions.seats()).toHaveLength(0);
    expect(records()).toEqual(['session.signed-once']);
  });

  it('takes a code once, and none where none is asked for', async () => {
    const code = desk.code('Cy Moor');
    await sign({ code });
    await expect(sign({ code })).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(sign({ code: undefined, needsCode: false })).resolves.toBeInstanceOf(Buffer);
    const seat = windowSeat();
    const taken = desk.operators.signIn(seat, { name: 'Cy Moor', passphrase: PASSPHRASE, code }, 't');
    await expect(taken).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
  });

  it('counts wrong tries as sign-ins do, backs off, and raises the incident', async () => {
    const wrong = { passphrase: 'not this one', needsCode: false };
    let refusals = 0;
    for (let i = 0; i < 40; i += 1) {
      const code = await sign(wrong).then(
        () => 'signed',
        (error: { code: string }) => error.code,
      );
      expect(['SESSION_REFUSED', 'SESSION_BACKING_OFF']).toContain(code);
      if (code === 'SESSION_REFUSED') refusals += 1;
      else desk.clock.advance(3_600_000);
    }
    expect(refusals).toBeGreaterThan(3);
    expect(refusals).toBeLessThan(40);
    expect(desk.incidents.map(({ kind }) => kind)).toContain('operators.failed-sign-ins');
    desk.clock.advance(24 * 3_600_000);
    await expect(sign()).resolves.toBeInstanceOf(Buffer);
  });

  it('is refused of who was disabled, is a service account, or is not there', async () => {
    await desk.operators.disable({ actor: 'operator-1', traceId: 't' }, cy);
    await expect(sign()).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    expect(desk.operators.signingPerson(cy)).toBeUndefined();
    await expect(sign({}, '99')).rejects.toMatchObject({ code: 'OPERATOR_UNKNOWN' });
    await expect(sign({}, 'x')).rejects.toMatchObject({ code: 'OPERATOR_UNKNOWN' });
    expect(desk.operators.signingPerson('99')).toBeUndefined();
  });
});
