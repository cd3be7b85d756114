import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { verifyTranscript } from '../../src/main/proof/index.ts';
import {
  begin,
  type CeremonyWorld,
  CUSTODIANS,
  caller,
  LEADER,
  nextStep,
  openWorld,
  primitives,
  runThrough,
  sign,
  WITNESS,
} from './support.ts';

let w: CeremonyWorld;
beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return isCountersignError(error) ? error.code : String(error);
  }
}

const verify = (id: string) => verifyTranscript(w.ceremonies.transcript(id).text, primitives);

/** Generates a key with a 3-of-5 quorum and answers the ids of key and ceremony. */
async function generated(more: object = {}) {
  const { id, keyId } = begin(w, more);
  await runThrough(w, id);
  return { ceremonyId: id, keyId };
}

const stepTo = async (id: string, last: string) => {
  for (;;) {
    const now = w.ceremonies.get(id).script.find(({ state }) => state === 'now');
    if (now === undefined || now.id === last) return;
    await nextStep(w, id);
  }
};

describe('a key', () => {
  test('is generated, split, handed out, read back, proved, installed and verified', async () => {
    const { ceremonyId, keyId } = await generated();
    expect(w.ceremonies.get(ceremonyId)).toMatchObject({ state: 'done', stepsDone: 16, steps: 16 });
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'active', threshold: 3 });
    expect(w.ceremonies.keys()[0]!.holders.map(({ operatorId }) => operatorId)).toEqual(CUSTODIANS);
    expect(w.token.held.size).toBe(1);
    expect(verify(ceremonyId)).toMatchObject({ verified: true, step: null });
    expect((await w.t.audit.verify()).findings).toEqual([]);
    // Neither the key nor a share stays in the vault.
    const left = w.t.vault.db
      .prepare(
        'SELECT (SELECT count(secret_sealed_id) FROM ceremony) + (SELECT count(sealed_id) FROM ceremony_share)',
      )
      .pluck()
      .get();
    expect(left).toBe(0n);
    expect(keyId).toBe('1');
  });

  test.each([[['2', '3', '4']], [['6', '4', '2']], [['5', '3', '6', '2']]])(
    'is recovered by the custodians %s into an empty token',
    async (bringing) => {
      const { keyId } = await generated();
      const before = w.token.held.get(1)!;
      w.token.held.clear();
      const { id } = begin(w, { kind: 'recover', keyId, label: undefined, custodians: [], bringing });
      await runThrough(w, id);
      expect(verify(id)).toMatchObject({ verified: true });
      expect(w.token.held.get(1)!.equals(before)).toBe(true);
    },
  );

  test('is rotated: the old one goes after the new one was verified, and its shares count no more', async () => {
    const { keyId } = await generated();
    const old = new Map(w.sheets);
    const { id, keyId: next } = begin(w, { kind: 'rotate', keyId, label: undefined });
    await stepTo(id, 'retire');
    expect([...w.token.held.keys()]).toEqual([1, 2]);
    await runThrough(w, id);
    expect([...w.token.held.keys()]).toEqual([2]);
    expect(verify(id)).toMatchObject({ verified: true });
    expect(w.ceremonies.keys().map(({ state }) => state)).toEqual(['destroyed', 'active']);
    const bringing = ['2', '3', '4'];
    const recovery = begin(w, { kind: 'recover', keyId: next, label: undefined, custodians: [], bringing });
    await nextStep(w, recovery.id);
    const brought = { ceremonyId: recovery.id, stepId: 'collect-1', share: old.get(1)! };
    expect(await codeOf(() => w.ceremonies.act(caller, brought))).toBe('CEREMONY_SHARE_FOREIGN');
  });

  test('gets other custodians without becoming another key', async () => {
    const { keyId } = await generated();
    const old = new Map(w.sheets);
    const before = w.token.held.get(1)!;
    const { id } = begin(w, {
      ...{ kind: 'replace-custodian', keyId, label: undefined, threshold: 2 },
      ...{ custodians: ['2', '3', '8'], bringing: ['4', '5', '6'] },
    });
    // Those who bring and those who receive hold sheets of one number.
    const step = async () => {
      const now = w.ceremonies.get(id).script.find(({ state }) => state === 'now');
      if (now?.act !== 'collect') return nextStep(w, id);
      await w.ceremonies.act(caller, { ceremonyId: id, stepId: now.id, share: old.get(now.share!)! });
      for (const { operatorId } of now.signers) await sign(w, id, now.id, operatorId);
      return now.id;
    };
    while ((await step()) !== undefined);
    expect(verify(id)).toMatchObject({ verified: true });
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'active', threshold: 2 });
    expect(w.ceremonies.keys()[0]!.holders.map(({ operatorId }) => operatorId)).toEqual(['2', '3', '8']);
    w.token.held.clear();
    const again = begin(w, {
      kind: 'recover',
      keyId,
      label: undefined,
      custodians: [],
      bringing: ['3', '8'],
    });
    await runThrough(w, again.id);
    expect(w.token.held.get(1)!.equals(before)).toBe(true);
  });

  test('is destroyed by a quorum', async () => {
    const { keyId } = await generated();
    const bringing = ['2', '3', '4'];
    const { id } = begin(w, { kind: 'destroy', keyId, label: undefined, custodians: [], bringing });
    await runThrough(w, id);
    expect(verify(id)).toMatchObject({ verified: true });
    expect(w.token.held.size).toBe(0);
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'destroyed', holders: [] });
  });
});

test('a rehearsal runs as the real thing does, and its key is another one', async () => {
  const { ceremonyId, keyId } = await generated({ rehearsal: true });
  expect(verify(ceremonyId)).toMatchObject({ verified: true, transcript: { rehearsal: true } });
  const bringing = ['2', '3', '4'];
  const real = { kind: 'recover', keyId, label: undefined, custodians: [], bringing, rehearsal: false };
  expect(await codeOf(() => begin(w, real))).toBe('CEREMONY_REHEARSAL');
  expect(() => w.t.vault.db.exec('UPDATE ceremony_key SET rehearsal = 0')).toThrow(/stays rehearsed/);
});

describe('refused with nothing changed', () => {
  test.each([
    ['a custodian who is also the witness', { witnesses: ['2'] }, 'CEREMONY_ROLES_CONFLICT'],
    ['an administrator who is a custodian', { custodians: ['1', '2', '3'] }, 'CEREMONY_ROLES_CONFLICT'],
    ['a custodian twice', { custodians: ['2', '2', '3'] }, 'CEREMONY_ROLES_CONFLICT'],
    ['somebody who is not there', { custodians: ['2', '3', '99'] }, 'CEREMONY_PARTICIPANTS'],
    ['a quorum of one', { threshold: 1 }, 'CEREMONY_THRESHOLD'],
    ['a quorum larger than its custodians', { threshold: 6 }, 'CEREMONY_THRESHOLD'],
    ['a key that does not exist', { kind: 'recover', keyId: '7' }, 'CEREMONY_KEY_UNKNOWN'],
    ['a new key without a name', { label: undefined }, 'CEREMONY_KEY_STATE'],
    ['a new key that exists', { keyId: '1' }, 'CEREMONY_KEY_STATE'],
  ])('%s', async (_, more, code) => {
    expect(await codeOf(() => begin(w, more))).toBe(code);
    expect(w.ceremonies.list()).toEqual([]);
    expect(w.t.audit.head()).toBeUndefined();
  });

  test('too few who bring a share, and who holds none', async () => {
    const { keyId } = await generated();
    const plan = { kind: 'recover', keyId, label: undefined, custodians: [] };
    expect(await codeOf(() => begin(w, { ...plan, bringing: ['2', '3'] }))).toBe('CEREMONY_QUORUM_SHORT');
    expect(await codeOf(() => begin(w, { ...plan, bringing: ['2', '3', '8'] }))).toBe(
      'CEREMONY_PARTICIPANTS',
    );
  });

  test('a second ceremony of one key', async () => {
    const { keyId } = await generated();
    const plan = { keyId, label: undefined, custodians: [], bringing: ['2', '3', '4'] };
    begin(w, { ...plan, kind: 'recover' });
    expect(await codeOf(() => begin(w, { ...plan, kind: 'destroy' }))).toBe('CEREMONY_RUNNING');
    const { ceremonyId } = { ceremonyId: '2' };
    await nextStep(w, ceremonyId);
    w.ceremonies.abandon(caller, ceremonyId, 'for the test');
    await runThrough(w, ceremonyId);
    begin(w, { keyId, label: undefined, kind: 'rotate' });
    expect(await codeOf(() => begin(w, { ...plan, kind: 'destroy' }))).toBe('CEREMONY_RUNNING');
  });

  test('another step, a signature before the work, a stranger’s and a second signature', async () => {
    const { id } = begin(w);
    const act = (stepId: string) => w.ceremonies.act(caller, { ceremonyId: id, stepId });
    expect(await codeOf(() => act('generate'))).toBe('CEREMONY_STEP');
    expect(await codeOf(() => sign(w, id, 'assemble', '2'))).toBe('CEREMONY_STEP_NOT_DONE');
    await act('assemble');
    expect(await codeOf(() => act('assemble'))).toBe('CEREMONY_STEP_UNSIGNED');
    expect(await codeOf(() => sign(w, id, 'assemble', '8'))).toBe('CEREMONY_SIGNER');
    await sign(w, id, 'assemble', '2');
    expect(await codeOf(() => sign(w, id, 'assemble', '2'))).toBe('CEREMONY_SIGNER');
    expect(await codeOf(() => act('nonsense'))).toBe('CEREMONY_STEP');
    expect(await codeOf(() => w.ceremonies.get('77'))).toBe('CEREMONY_UNKNOWN');
  });

  test('shares: a wrong word, a swapped one, another’s, another ceremony’s, one brought twice', async () => {
    const other = await openWorld();
    const foreign = begin(other);
    await runThrough(other, foreign.id);
    const { id } = begin(w);
    await stepTo(id, 'read-back-1');
    const words = w.sheets.get(1)!.split(' ');
    const typed = (share: string) =>
      codeOf(() => w.ceremonies.act(caller, { ceremonyId: id, stepId: 'read-back-1', share }));
    const changed = (at: number, word: string) => words.map((one, i) => (i === at ? word : one)).join(' ');
    expect(await typed('')).toBe('CEREMONY_SHARE_MISTYPED');
    expect(await typed(words.slice(1).join(' '))).toBe('CEREMONY_SHARE_MISTYPED');
    expect(await typed(changed(6, 'countersign'))).toBe('CEREMONY_SHARE_MISTYPED');
    expect(await typed(changed(6, words[6] === 'abandon' ? 'zoo' : 'abandon'))).toBe(
      'CEREMONY_SHARE_MISTYPED',
    );
    expect(await typed(w.sheets.get(2)!)).toBe('CEREMONY_SHARE_OTHER');
    expect(await typed(other.sheets.get(1)!)).toBe('CEREMONY_SHARE_FOREIGN');
    other.close();
    // Numbered, in capitals and by first letters alone it is the share all the same.
    const hand = words.map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()}`).join('\n');
    expect(await typed(hand)).toBe('no error');
  });

  test('a key in the token that is not the one of the ceremony', async () => {
    const { id } = begin(w);
    await stepTo(id, 'verify');
    w.token.held.set(1, Buffer.alloc(32, 7));
    expect(await codeOf(() => nextStep(w, id))).toBe('CEREMONY_NOT_VERIFIED');
    w.token.held.clear();
    expect(await codeOf(() => nextStep(w, id))).toBe('CEREMONY_NOT_VERIFIED');
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'making' });
  });
});

describe('a ceremony that stops', () => {
  test('goes on after the program was ended at every step, and says that it was interrupted', async () => {
    const { id } = begin(w);
    const { script } = w.ceremonies.get(id);
    for (const step of script) {
      await w.reopen();
      const now = w.ceremonies.get(id).script.find(({ state }) => state === 'now');
      expect(now?.id).toBe(step.id);
      await nextStep(w, id);
    }
    const answer = verify(id);
    expect(answer).toMatchObject({ verified: true });
    for (const { exceptions } of answer.transcript!.steps) {
      expect(exceptions.map((one) => one.class)).toEqual(['interrupted']);
    }
  });

  test('between a step and its signatures too; a sheet can be shown again before it is signed', async () => {
    const { id } = begin(w);
    await stepTo(id, 'hand-out-1');
    const show = () => w.ceremonies.act(caller, { ceremonyId: id, stepId: 'hand-out-1' });
    const first = await show();
    await w.reopen();
    const second = await show();
    expect(second.sheet!.words).toEqual(first.sheet!.words);
    w.sheets.set(1, second.sheet!.words.join(' '));
    await sign(w, id, 'hand-out-1', '2');
    expect(await codeOf(show)).toBe('CEREMONY_STEP_UNSIGNED');
    await sign(w, id, 'hand-out-1', WITNESS);
    await runThrough(w, id);
    const answer = verify(id);
    expect(answer.verified).toBe(true);
    const step = answer.transcript!.steps.find((one) => one.id === 'hand-out-1')!;
    expect(step.exceptions.map((one) => one.class).sort()).toEqual(['interrupted', 'sheet-spoiled']);
  });

  test('is abandoned with a reason, signed by those who lead it, and leaves nothing behind', async () => {
    const { id } = begin(w);
    await stepTo(id, 'read-back-3');
    w.ceremonies.except(caller, id, 'environment', 'The room was not locked.');
    w.ceremonies.abandon(caller, id, 'A stranger came in.');
    await sign(w, id, 'abandon', LEADER);
    await sign(w, id, 'abandon', WITNESS);
    expect(w.ceremonies.get(id).state).toBe('abandoned');
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'abandoned' });
    const answer = verify(id);
    expect(answer).toMatchObject({ verified: true });
    expect(answer.reason).toMatch(/abandoned/);
    expect(answer.transcript!.steps.at(-1)!.exceptions.map((one) => one.class)).toEqual([
      'environment',
      'abandoned',
    ]);
    const left = w.t.vault.db.prepare('SELECT count(sealed_id) FROM ceremony_share').pluck().get();
    expect(left).toBe(0n);
  });
});
