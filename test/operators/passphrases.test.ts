import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hybridSignatures, sha256 } from '../../src/main/crypto/index.ts';
import { createOperators, createSessions } from '../../src/main/operators/index.ts';
import { createSlotMaker } from '../../src/main/operators/slot.ts';
import { type Desk, openDesk, PASSPHRASE, programSeat, windowSeat } from './support.ts';

const ADA = { actor: 'operator-1', traceId: 't' };
const NEXT = 'granite stairs below a signal tower';
const signed = { purpose: 'approval', message: Buffer.from('this and nothing else') };

let desk: Desk;
let cy: string;
beforeEach(async () => {
  desk = await openDesk();
  await desk.nameOfficers();
  cy = await desk.hire('Cy Moor', ['treasury-analyst']);
});
afterEach(() => desk.close());

/** Lets the minute pass in which the sign-in stands for the code. */
async function signedIn(name = 'Cy Moor') {
  const seat = windowSeat();
  await desk.signIn(seat, name);
  desk.clock.advance(61_000);
  return seat;
}
const change = (more: object = {}) => ({
  ...{ passphrase: PASSPHRASE, newPassphrase: NEXT, code: desk.code('Cy Moor') },
  ...more,
});
const signInWith = (passphrase: string) => {
  desk.clock.advance(30_000);
  return desk.operators.signIn(
    windowSeat(),
    { name: 'Cy Moor', passphrase, code: desk.code('Cy Moor') },
    't',
  );
};

describe('one’s own passphrase', () => {
  it('is changed with the old one and a code; the key stays and other sessions end', async () => {
    const seat = await signedIn();
    const elsewhere = programSeat();
    await desk.signIn(elsewhere, 'Cy Moor');
    desk.clock.advance(61_000);
    const { keyFingerprint } = desk.operators.me(seat)!;
    const line = await desk.operators.changePassphrase(seat, change(), 't');
    expect(line.keyFingerprint).toBe(keyFingerprint);
    expect(desk.operators.me(seat)).not.toBeNull();
    expect(desk.sessions.get(elsewhere)).toBeUndefined();
    await expect(signInWith(PASSPHRASE)).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(signInWith(NEXT)).resolves.toBeUndefined();
    expect(desk.operators.publicKeysOf(cy)).toHaveLength(1);
  });

  it('takes the sign-in of this minute for the code, and its code is used up', async () => {
    const seat = windowSeat();
    await desk.signIn(seat, 'Cy Moor');
    await desk.operators.changePassphrase(seat, { passphrase: PASSPHRASE, newPassphrase: NEXT }, 't');
    desk.clock.advance(61_000);
    const used = desk.code('Cy Moor');
    const back = { passphrase: NEXT, newPassphrase: PASSPHRASE };
    await expect(desk.operators.changePassphrase(seat, back, 't')).rejects.toMatchObject({
      code: 'SESSION_REFUSED',
    });
    await desk.operators.changePassphrase(seat, { ...back, code: used }, 't');
    const again = { passphrase: PASSPHRASE, newPassphrase: NEXT, code: used };
    await expect(desk.operators.changePassphrase(seat, again, 't')).rejects.toMatchObject({
      code: 'SESSION_REFUSED',
    });
  });

  it.each([
    ['a wrong old one', { passphrase: 'not this one at all' }, 'SESSION_REFUSED'],
    ['a wrong code', { code: '000000' }, 'SESSION_REFUSED'],
    ['a weak new one', { newPassphrase: 'password2026!' }, 'OPERATOR_PASSPHRASE_WEAK'],
    ['one made of the name', { newPassphrase: 'Cy Moor Cy Moor 1' }, 'OPERATOR_PASSPHRASE_WEAK'],
    ['the same', { newPassphrase: PASSPHRASE }, 'OPERATOR_PASSPHRASE_SAME'],
  ])('is not changed with %s', async (_, more, code) => {
    const seat = await signedIn();
    await expect(desk.operators.changePassphrase(seat, change(more), 't')).rejects.toMatchObject({ code });
    await expect(signInWith(PASSPHRASE)).resolves.toBeUndefined();
  });

  it('is guessed no faster here than at the sign-in', async () => {
    const seat = await signedIn();
    const guess = () => desk.operators.changePassphrase(seat, change({ passphrase: 'not this one' }), 't');
    for (let i = 0; i < 3; i += 1) await expect(guess()).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(guess()).rejects.toMatchObject({ code: 'SESSION_BACKING_OFF' });
  });

  it('needs a session', async () => {
    await expect(desk.operators.changePassphrase(windowSeat(), change(), 't')).rejects.toMatchObject({
      code: 'NOT_SIGNED_IN',
    });
  });
});

describe('a forgotten passphrase', () => {
  it('is reset with a new key; what the old key signed still verifies', async () => {
    const seat = await signedIn();
    const before = desk.operators.signAs(seat, signed);
    desk.clock.advance(1_000);
    await desk.operators.resetPassphrase(ADA, cy, NEXT);
    expect(desk.operators.sessionOf(seat)).toBeNull();
    await expect(signInWith(PASSPHRASE)).rejects.toMatchObject({ code: 'SESSION_REFUSED' });
    await expect(signInWith(NEXT)).resolves.toBeUndefined();
    const [now, old] = desk.operators.publicKeysOf(cy);
    expect(now).toMatchObject({ untilMs: null, suite: 'Ed25519+ML-DSA-87' });
    expect(now!.publicKey.equals(desk.operators.publicKeyOf(cy))).toBe(true);
    expect(old).toMatchObject({
      untilMs: now!.sinceMs,
      fingerprint: sha256(before.publicKey).toString('hex'),
    });
    const verifier = hybridSignatures[old!.suite].verifier(old!.publicKey);
    expect(verifier.verify({ ...signed, signature: before.signature })).toBe(true);
  });

  it.each([
    ['one’s own', '1', NEXT, 'OPERATOR_SELF'],
    ['that of nobody', '77', NEXT, 'OPERATOR_UNKNOWN'],
    ['to a weak one', '3', 'password2026!', 'OPERATOR_PASSPHRASE_WEAK'],
  ])('is not reset: %s', async (_, id, passphrase, code) => {
    await expect(desk.operators.resetPassphrase(ADA, id, passphrase)).rejects.toMatchObject({ code });
  });
});

describe('a key of the suite before', () => {
  it('signs and changes its passphrase as it is, by what its row says', async () => {
    const stretch = async ({ passphrase, salt }: { passphrase: Uint8Array; salt: Uint8Array }) =>
      sha256(Buffer.concat([salt, passphrase]));
    const fillRandom = (target: Uint8Array) => desk.runtime.randomFill(target);
    const { publicKey, secretKey } = hybridSignatures['Ed25519+ML-DSA-65'].keyPair(fillRandom);
    const owner = `${desk.vault.vaultId}\n${cy}`;
    const old = { suite: 'Ed25519+ML-DSA-65', publicKey: Buffer.from(publicKey) } as const;
    const slots = createSlotMaker(desk.runtime, stretch);
    const slot = await slots.rewrap(owner, old as never, secretKey, PASSPHRASE);
    desk.vault.transaction(() =>
      desk.vault.db
        .prepare(
          `UPDATE operator_slot SET salt = @salt, suite = @suite, public_key = @publicKey,
             sealed_key = @sealedKey WHERE operator_id = ${cy}`,
        )
        .run({ salt: slot.salt, sealedKey: slot.sealedKey, ...old }),
    );
    const seat = await signedIn();
    const made = desk.operators.signAs(seat, signed);
    expect(made.suite).toBe('Ed25519+ML-DSA-65');
    const verifier = hybridSignatures[made.suite].verifier(made.publicKey);
    expect(verifier.verify({ ...signed, signature: made.signature })).toBe(true);
    expect((await desk.operators.changePassphrase(seat, change(), 't')).keySuite).toBe('Ed25519+ML-DSA-65');
    await expect(signInWith(NEXT)).resolves.toBeUndefined();
    await desk.operators.resetPassphrase(ADA, cy, PASSPHRASE);
    expect(desk.operators.list()[2]!.keySuite).toBe('Ed25519+ML-DSA-87');
  });
});

describe('demo people', () => {
  it('are named in no vault but the demo', async () => {
    const fresh = await openDesk();
    try {
      const person = {
        name: 'Anna Berg',
        roles: ['trader' as const],
        passphrase: NEXT,
        secret: 'A'.repeat(32),
      };
      const refused = expect.objectContaining({ code: 'NOT_PERMITTED' });
      await expect(fresh.operators.nameDemoPeople(ADA, [person])).rejects.toEqual(refused);
      expect(fresh.operators.named()).toBe(false);
      fresh.vault.transaction(() => fresh.vault.setMeta('demo', 'true'));
      await fresh.operators.nameDemoPeople(ADA, [person]);
      expect(fresh.operators.knownDemoPeople([person])).toMatchObject([{ name: 'Anna Berg' }]);
      const { code } = fresh.operators.knownDemoPeople([person])[0]!;
      const { name, passphrase } = person;
      await fresh.operators.signIn(windowSeat(), { name, passphrase, code: code! }, 't');
      await expect(fresh.operators.nameDemoPeople(ADA, [person])).rejects.toMatchObject({
        code: 'OPERATORS_NAMED',
      });
    } finally {
      fresh.close();
    }
  });
});

it('the room opens again with what was lent and the keys of before', async () => {
  await desk.operators.resetPassphrase(ADA, cy, NEXT);
  desk.operators.breakGlass(ADA, {
    ...{ operatorId: cy, roles: ['treasury-approver'], minutes: 10, reason: 'a restart' },
  });
  const again = createOperators({
    ...{ vault: desk.vault, sealing: desk.sealing, audit: desk.audit, runtime: desk.clock as never },
    ...{ sessions: createSessions(desk.clock), raiseIncident: () => {} },
  });
  expect(again.lendings()).toEqual(desk.operators.lendings());
  expect(again.publicKeysOf(cy)).toHaveLength(2);
});
