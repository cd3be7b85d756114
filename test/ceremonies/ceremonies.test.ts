import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isCountersignError } from '../../src/main/base/index.ts';
import { readWords, type WrittenShare, wordsOf } from '../../src/main/ceremonies/shares.ts';
import { verifyTranscript } from '../../src/main/proof/index.ts';
import {
  abandon,
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

async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    return error;
  }
}

async function codeOf(work: () => unknown): Promise<string> {
  const error = await errorOf(work);
  return isCountersignError(error) ? error.code : String(error);
}

/** Two custodians, who are enough where their number is not what is looked at. */
const SMALL = { custodians: ['2', '3'], threshold: 2 };

/** What the audit log says was refused, newest first. */
const refusals = ({ t }: CeremonyWorld) =>
  t.audit
    .list({ limit: 200 })
    .rows.filter(({ kind }) => kind === 'ceremonies.refused')
    .map(({ seq }) => JSON.parse(t.audit.get(BigInt(seq)).detail!) as { code: string; step?: string });

const verify = (id: string) => verifyTranscript(w.ceremonies.transcript(id).text, primitives);

/** Generates a key with a 3-of-5 quorum and answers the ids of key and ceremony. */
async function generated(more: object = {}) {
  const { id, keyId } = begin(w, more);
  await runThrough(w, id);
  return { ceremonyId: id, keyId };
}

const stepTo = async (id: string, last: string, world = w) => {
  for (;;) {
    const now = world.ceremonies.get(id).script.find(({ state }) => state === 'now');
    if (now === undefined || now.id === last) return;
    await nextStep(world, id);
  }
};

describe('a key', () => {
  test('is generated, split, handed out, read back, proved, installed and verified', async () => {
    const { ceremonyId, keyId } = await generated();
    expect(w.ceremonies.get(ceremonyId)).toMatchObject({ state: 'done', stepsDone: 17, steps: 17 });
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
    w.sheetOf = (act, share) => (act === 'collect' ? old : w.sheets).get(share)!;
    await runThrough(w, id);
    w.sheetOf = (_act, share) => w.sheets.get(share)!;
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

  test('keeps its custodians where a replacement is abandoned, and another one can be held', async () => {
    const { keyId } = await generated(SMALL);
    const old = new Map(w.sheets);
    const plan = { kind: 'replace-custodian', keyId, label: undefined, bringing: ['2', '3'] };
    w.sheetOf = (act, share) => (act === 'collect' ? old : w.sheets).get(share)!;
    const first = begin(w, { ...plan, custodians: ['4', '5'], threshold: 2 });
    await stepTo(first.id, 'void');
    const spoilt = w.sheets.get(1)!;
    abandon(w, first.id);
    await runThrough(w, first.id);
    expect(w.ceremonies.keys()[0]!.holders.map(({ operatorId }) => operatorId)).toEqual(['2', '3']);
    const second = begin(w, { ...plan, custodians: ['5', '6'], threshold: 2 });
    await nextStep(w, second.id);
    const brought = { ceremonyId: second.id, stepId: 'collect-1', share: spoilt };
    expect(await codeOf(() => w.ceremonies.act(caller, brought))).toBe('CEREMONY_SHARE_FOREIGN');
    await runThrough(w, second.id);
    expect(verify(second.id)).toMatchObject({ verified: true });
    expect(w.ceremonies.keys()[0]!.holders.map(({ operatorId }) => operatorId)).toEqual(['5', '6']);
  });

  test('is destroyed by a quorum', async () => {
    const { keyId } = await generated(SMALL);
    const bringing = ['2', '3'];
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

describe('refused with nothing changed, and kept in the audit log', () => {
  const PLANS: readonly [what: string, more: object, code: string][] = [
    ['a custodian who is also the witness', { witnesses: ['2'] }, 'CEREMONY_ROLES_CONFLICT'],
    ['an administrator who is a custodian', { custodians: ['1', '2', '3'] }, 'CEREMONY_ROLES_CONFLICT'],
    ['a custodian twice', { custodians: ['2', '2', '3'] }, 'CEREMONY_ROLES_CONFLICT'],
    ['somebody who is not there', { custodians: ['2', '3', '99'] }, 'CEREMONY_PARTICIPANTS'],
    ['a quorum of one', { threshold: 1 }, 'CEREMONY_THRESHOLD'],
    ['a quorum larger than its custodians', { threshold: 6 }, 'CEREMONY_THRESHOLD'],
    ['a key that does not exist', { kind: 'recover', keyId: '7' }, 'CEREMONY_KEY_UNKNOWN'],
    ['a new key without a name', { label: undefined }, 'CEREMONY_KEY_STATE'],
    ['a new key that exists', { keyId: '1' }, 'CEREMONY_KEY_STATE'],
  ];

  test('plans', async () => {
    for (const [what, more, code] of PLANS) {
      expect(await codeOf(() => begin(w, more)), what).toBe(code);
      expect(refusals(w)[0], what).toMatchObject({ code });
    }
    expect(w.ceremonies.list()).toEqual([]);
    expect(w.ceremonies.keys()).toEqual([]);
    expect(refusals(w)).toHaveLength(PLANS.length);
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
    const ceremonyId = '2';
    await nextStep(w, ceremonyId);
    abandon(w, ceremonyId);
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

  test('shares: a wrong word, a swapped one, another’s, another ceremony’s, a damaged one', async () => {
    const other = await openWorld();
    const foreign = begin(other, SMALL);
    await stepTo(foreign.id, 'read-back-1', other);
    const { id } = begin(w, SMALL);
    await stepTo(id, 'read-back-1');
    const words = w.sheets.get(1)!.split(' ');
    const reads = (stepId: string) => (share: string) =>
      errorOf(() => w.ceremonies.act(caller, { ceremonyId: id, stepId, share }));
    const typed = reads('read-back-1');
    const changed = (at: number, word: string) => words.map((one, i) => (i === at ? word : one)).join(' ');
    const mistyped = { code: 'CEREMONY_SHARE_MISTYPED' };
    expect(await typed('')).toMatchObject({ ...mistyped, details: { path: 'share' } });
    expect(await typed(words.slice(1).join(' '))).toMatchObject({
      ...mistyped,
      details: { actual: '29 words' },
    });
    expect(await typed(changed(6, 'countersign'))).toMatchObject({
      ...mistyped,
      details: { path: 'share, word 7', actual: 'a word that is not in the list' },
    });
    // A word of the list in the place of another: the check tells which.
    for (const at of [0, 6, 26, 29]) {
      expect(await typed(changed(at, words[at] === 'abandon' ? 'zoo' : 'abandon'))).toMatchObject({
        ...mistyped,
        message: `Word ${at + 1} of the share is not the one on the sheet.`,
        details: { path: `share, word ${at + 1}` },
      });
    }
    const swapped = [words[1], words[0], ...words.slice(2)].join(' ');
    if (words[0] !== words[1]) {
      expect(await typed(swapped)).toMatchObject({ ...mistyped, details: { path: 'share, word 1 and 2' } });
    }
    const twoWrong = changed(3, 'abandon').split(' ').with(9, 'zoo').join(' ');
    expect(await typed(twoWrong)).toMatchObject({ ...mistyped, details: { path: 'share' } });
    expect(await typed(w.sheets.get(2)!)).toMatchObject({ code: 'CEREMONY_SHARE_OTHER' });
    expect(await typed(other.sheets.get(1)!)).toMatchObject({ code: 'CEREMONY_SHARE_FOREIGN' });
    other.close();
    const read = readWords(w.sheets.get(1)!) as { share: WrittenShare };
    const damaged = wordsOf({ ...read.share, y: Buffer.alloc(32, 3) }).join(' ');
    expect(await typed(damaged)).toMatchObject({ code: 'CEREMONY_SHARE_DAMAGED' });
    // Numbered, in capitals and by first letters alone it is the share all the same.
    const hand = words.map((word, at) => `${at + 1}. ${word.slice(0, 4).toUpperCase()}`).join('\n');
    expect(await typed(hand)).toBe('no error');
    for (const operatorId of ['2', WITNESS]) await sign(w, id, 'read-back-1', operatorId);
    expect(await reads('read-back-2')(w.sheets.get(1)!)).toMatchObject({ code: 'CEREMONY_SHARE_DUPLICATE' });

    // Each try is in the log, and none of it says a word of the share.
    expect(refusals(w)).toHaveLength(13);
    expect(JSON.stringify(refusals(w))).not.toContain(words[8]);
    // That it was read wrongly is entered by itself, and stands in the transcript.
    await runThrough(w, id);
    const answer = verify(id);
    expect(answer).toMatchObject({ verified: true });
    const step = answer.transcript!.steps.find((one) => one.id === 'read-back-1')!;
    const classes = step.exceptions.map((one) => one.class);
    expect(new Set(classes)).toEqual(new Set(['share-mistyped', 'share-refused']));
    expect(step.exceptions.map(({ reason }) => reason)).toContain(
      'Word 7 of the share is not the one on the sheet.',
    );
  });

  test('a share that was brought twice, and one that counts no more', async () => {
    const { keyId } = await generated(SMALL);
    const { id } = begin(w, {
      kind: 'recover',
      keyId,
      label: undefined,
      custodians: [],
      bringing: ['2', '3'],
    });
    await stepTo(id, 'collect-2');
    const brings = (share: string) =>
      codeOf(() => w.ceremonies.act(caller, { ceremonyId: id, stepId: 'collect-2', share }));
    expect(await brings(w.sheets.get(1)!)).toBe('CEREMONY_SHARE_DUPLICATE');
    expect(refusals(w)[0]).toMatchObject({ code: 'CEREMONY_SHARE_DUPLICATE', step: 'collect-2' });
    expect(await brings(w.sheets.get(2)!)).toBe('no error');
  });

  test('the end of a key under which others lie', async () => {
    const { keyId } = await generated(SMALL);
    w.token.seeds.set('a post-quantum key', Number(keyId));
    const plan = { kind: 'destroy', keyId, label: undefined, custodians: [], bringing: ['2', '3'] };
    expect(await codeOf(() => begin(w, plan))).toBe('CEREMONY_KEY_IN_USE');
    w.token.seeds.clear();
    const { id } = begin(w, plan);
    await stepTo(id, 'destroy');
    w.token.seeds.set('one that was made meanwhile', Number(keyId));
    const destroy = () => w.ceremonies.act(caller, { ceremonyId: id, stepId: 'destroy' });
    expect(await codeOf(destroy)).toBe('CEREMONY_KEY_IN_USE');
    expect(w.token.held.size).toBe(1);
    w.token.seeds.clear();
    w.token.cut = (where) => {
      if (where === 'after remove') throw new Error('the power is lost');
    };
    expect(await codeOf(destroy)).toBe('Error: the power is lost');
    w.token.cut = () => {};
    await w.reopen();
    // The token holds it no more: nobody says that nothing happened.
    expect(await codeOf(() => abandon(w, id))).toBe('CEREMONY_STEP_BEGUN');
    await runThrough(w, id);
    expect(verify(id)).toMatchObject({ verified: true });
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'destroyed' });
  });

  test('shares that do not give the key, a home without tokens, and work on what has ended', async () => {
    const { keyId, ceremonyId } = await generated(SMALL);
    expect(await codeOf(() => abandon(w, ceremonyId, [], 'too late'))).toBe('CEREMONY_ENDED');
    const again = { ceremonyId, stepId: 'close' };
    expect(await codeOf(() => w.ceremonies.act(caller, again))).toBe('CEREMONY_ENDED');
    const plan = { kind: 'recover', keyId, label: undefined, custodians: [], bringing: ['2', '3'] };
    const { id } = begin(w, plan);
    await stepTo(id, 'join');
    const join = () => w.ceremonies.act(caller, { ceremonyId: id, stepId: 'join' });
    w.t.vault.db.exec("UPDATE ceremony_key SET fingerprint = 'of another key'");
    expect(await codeOf(join)).toBe('CEREMONY_QUORUM_WRONG');
    expect(refusals(w)[0]).toMatchObject({ code: 'CEREMONY_QUORUM_WRONG', step: 'join' });
    abandon(w, id);
    await runThrough(w, id);
    const made = begin(w, { ...SMALL, label: 'another' });
    await stepTo(made.id, 'install');
    w.token.isThere = false;
    const install = () => w.ceremonies.act(caller, { ceremonyId: made.id, stepId: 'install' });
    expect(await codeOf(install)).toBe('CEREMONY_NO_TOKEN');
    w.token.isThere = true;
    await runThrough(w, made.id);
  });

  test('a key of a name that is in use, and one that is being made', async () => {
    const { id } = begin(w, SMALL);
    expect(await codeOf(() => begin(w, SMALL))).toBe('CEREMONY_RUNNING');
    begin(w, { ...SMALL, rehearsal: true });
    await runThrough(w, id);
    expect(await codeOf(() => begin(w, { ...SMALL, label: 'Root KEK' }))).toBe('CEREMONY_KEY_STATE');
  });

  test('a signature by another key than the one in the header', async () => {
    const { id } = begin(w, SMALL);
    await stepTo(id, 'generate');
    await w.ceremonies.act(caller, { ceremonyId: id, stepId: 'generate' });
    const before = w.people.person;
    w.people.person = (operatorId) => {
      const known = before(operatorId);
      return known && { ...known, publicKey: before('8')!.publicKey };
    };
    expect(await codeOf(() => sign(w, id, 'generate', LEADER))).toBe('CEREMONY_SIGNER');
    w.people.person = before;
    await sign(w, id, 'generate', LEADER);
  });

  test('a key in the token that is not the one of the ceremony', async () => {
    const { id } = begin(w, SMALL);
    await stepTo(id, 'verify');
    w.token.held.set(1, Buffer.alloc(32, 7));
    expect(await codeOf(() => nextStep(w, id))).toBe('CEREMONY_NOT_VERIFIED');
    w.token.held.clear();
    expect(await codeOf(() => nextStep(w, id))).toBe('CEREMONY_NOT_VERIFIED');
    expect(w.ceremonies.keys()[0]).toMatchObject({ state: 'making' });
  });
});

describe('a ceremony that stops', () => {
  test('between a step and its signatures; a sheet can be shown again before it is signed', async () => {
    const { id } = begin(w, SMALL);
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
    abandon(w, id, [], 'A stranger came in.');
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
