/** A ceremony whose administrator or witness has left can still be ended, and its transcript says how. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/main/crypto/index.ts';
import {
  headerHash,
  stepHash,
  type Transcript,
  transcriptFacts,
  transcriptText,
  type UnsignedStep,
  verifyTranscript,
} from '../../src/main/proof/index.ts';
import { codeOf, codeOfCall } from '../support/refusal.ts';
import {
  abandon,
  begin,
  type CeremonyWorld,
  caller,
  LEADER,
  nextStep,
  openWorld,
  primitives,
  runThrough,
  sign,
  signAs,
  WITNESS,
} from './support.ts';

const SMALL = { custodians: ['2', '3'], threshold: 2 };
const OTHER = '8';

let w: CeremonyWorld;
beforeEach(async () => {
  w = await openWorld();
});
afterEach(() => w.close());

/** Somebody is disabled, as far as the room can see. */
function leaves(operatorId: string): void {
  const before = w.people.person;
  w.people.person = (id) => (id === operatorId ? undefined : before(id));
}

const refusal = (ceremonyId: string, standIns?: readonly string[]) =>
  codeOf(() => abandon(w, ceremonyId, standIns));
const current = (id: string) => w.ceremonies.get(id).script.find(({ state }) => state === 'signing');
const verify = (id: string) => verifyTranscript(w.ceremonies.transcript(id).text, primitives);

/** A ceremony whose administrator was disabled before they had signed that the key is made. */
async function stuck(): Promise<string> {
  const { id } = begin(w, SMALL);
  await nextStep(w, id);
  await w.ceremonies.act(caller, { ceremonyId: id, stepId: 'generate' });
  leaves(LEADER);
  return id;
}

describe('an administrator who was disabled', () => {
  test('signs no more, and somebody else signs the end in their place', async () => {
    const id = await stuck();
    expect(await codeOfCall(() => sign(w, id, 'generate', LEADER))).toBe('CEREMONY_SIGNER');
    expect(w.ceremonies.get(id)).toMatchObject({ leftLeaders: [LEADER], standIns: [] });
    expect(current(id)!.signers).toEqual([
      { operatorId: LEADER, signed: false, maySign: false },
      { operatorId: WITNESS, signed: false, maySign: true },
    ]);
    await sign(w, id, 'generate', WITNESS);

    // As many as left, each somebody else, and each such that they could have led it.
    expect(refusal(id)).toBe('CEREMONY_PARTICIPANTS');
    expect(refusal(id, [OTHER, '6'])).toBe('CEREMONY_PARTICIPANTS');
    expect(refusal(id, ['2'])).toBe('CEREMONY_PARTICIPANTS');
    expect(refusal(id, [WITNESS])).toBe('CEREMONY_ROLES_CONFLICT');
    expect(refusal(id, [LEADER])).toBe('CEREMONY_PARTICIPANTS');
    expect(current(id)!.id).toBe('generate');

    abandon(w, id, [OTHER]);
    expect(current(id)!.signers.map(({ operatorId }) => operatorId)).toEqual([OTHER, WITNESS]);
    expect(await codeOfCall(() => sign(w, id, 'abandon', LEADER))).toBe('CEREMONY_SIGNER');
    await runThrough(w, id);
    expect(w.ceremonies.get(id)).toMatchObject({
      state: 'abandoned',
      standIns: [{ operatorId: OTHER, name: 'Person 8', inPlaceOf: LEADER }],
    });
    const answer = verify(id);
    expect(answer).toMatchObject({ verified: true });
    expect(answer.reason).toMatch(/in the place of somebody/);
    expect(answer.transcript!.steps.at(-1)!.exceptions).toEqual([
      { class: 'leader-left', reason: 'Person 1 can sign no more; Person 8 signs in their place.' },
      { class: 'abandoned', reason: 'for the test' },
    ]);
    expect(transcriptFacts(answer, sha256).map(([name]) => name)).toContain(
      'Signed in the place of Person 1',
    );
    // Nothing of it is left, and the key's name is free again.
    const left = w.t.vault.db
      .prepare(
        'SELECT (SELECT count(secret_sealed_id) FROM ceremony) + (SELECT count(sealed_id) FROM ceremony_share)',
      )
      .pluck()
      .get();
    expect(left).toBe(0n);
    expect(w.ceremonies.keys()).toMatchObject([{ state: 'abandoned', holders: [] }]);
    const kinds = w.t.audit.list({ kind: 'ceremonies.abandon', limit: 5 }).rows;
    expect(JSON.parse(w.t.audit.get(kinds[0]!.seq).detail!)).toMatchObject({ standIns: OTHER });
  });

  test('and a witness and who stands in leave too: two others end it in the end', async () => {
    const id = await stuck();
    abandon(w, id, [OTHER]);
    expect(refusal(id, [OTHER])).toBe('CEREMONY_STEP_UNSIGNED');
    await sign(w, id, 'abandon', WITNESS);
    leaves(OTHER);
    expect(current(id)!.signers[0]).toEqual({ operatorId: OTHER, signed: false, maySign: false });
    // A custodian who may lead can end it as well: no share is handled any more.
    abandon(w, id, ['6']);
    await runThrough(w, id);
    const answer = verify(id);
    expect(answer, answer.reason).toMatchObject({ verified: true });
    expect(answer.transcript!.steps.map((step) => step.id)).toEqual([
      ...['assemble', 'generate', 'abandon', 'abandon'],
    ]);
    expect(answer.transcript!.steps[2]!.signatures.map(({ operatorId }) => operatorId)).toEqual([WITNESS]);
  });

  test('leaves a key in use as it is, for the next ceremony', async () => {
    const { id: first, keyId } = begin(w, SMALL);
    await runThrough(w, first);
    const rotation = { ...SMALL, kind: 'rotate', keyId, label: undefined };
    const { id } = begin(w, rotation);
    await nextStep(w, id);
    leaves(LEADER);
    abandon(w, id, [OTHER]);
    await runThrough(w, id);
    expect(w.ceremonies.keys().map(({ state }) => state)).toEqual(['active', 'abandoned']);
    const next = w.ceremonies.begin(caller, OTHER, {
      ...{ kind: 'rotate', keyId, rehearsal: false, threshold: 2, bringing: [] },
      ...{ custodians: ['2', '3'], witnesses: [WITNESS] },
    });
    await runThrough(w, next.id);
    expect(verify(next.id)).toMatchObject({ verified: true });
  });
});

test('who was given another signing key ends it with the new one, and that is told', async () => {
  const { id } = begin(w, SMALL);
  await nextStep(w, id);
  const before = w.people.person;
  w.people.person = (operatorId) => {
    const known = before(operatorId);
    return operatorId === LEADER ? known && { ...known, publicKey: before('5')!.publicKey } : known;
  };
  abandon(w, id, [LEADER]);
  expect(w.ceremonies.get(id).standIns).toMatchObject([{ operatorId: LEADER, inPlaceOf: LEADER }]);
  expect(current(id)!.signers).toMatchObject([
    { operatorId: LEADER, maySign: true },
    { operatorId: WITNESS, maySign: true },
  ]);
});

describe('a transcript that others ended does not verify', () => {
  /** Changes what the end says and lets those sign it again who signed it. */
  function signedAnew(text: string, change: (end: { -readonly [K in keyof UnsignedStep]: unknown }) => void) {
    const transcript = JSON.parse(text) as { steps: never[] } & Transcript;
    const end = transcript.steps.at(-1) as unknown as UnsignedStep & { signatures: object[] };
    change(end as never);
    const hash = transcript.steps.reduce(
      (previous, step) => stepHash(previous, step, sha256),
      headerHash(transcript, sha256),
    );
    end.signatures = [OTHER, WITNESS].map((operatorId) => ({
      operatorId,
      signature: signAs(operatorId, { purpose: 'ceremony-step', message: hash }).toString('base64'),
    }));
    return transcriptText(transcript);
  }

  test('where it is bent, also by those who signed it', async () => {
    const id = await stuck();
    abandon(w, id, [OTHER]);
    await runThrough(w, id);
    const { text } = w.ceremonies.transcript(id);
    expect(
      verifyTranscript(
        signedAnew(text, () => {}),
        primitives,
      ),
    ).toMatchObject({ verified: true });
    const bent = (change: Parameters<typeof signedAnew>[1]) =>
      verifyTranscript(signedAnew(text, change), primitives);

    const silent = bent((end) => {
      end.exceptions = [{ class: 'abandoned', reason: 'for the test' }];
    });
    expect(silent).toMatchObject({ verified: false, step: 'abandon' });
    expect(silent.reason).toMatch(/no exception says so/);

    const facts = (change: (name: string, text: string) => [string, string][]) =>
      bent((end) => {
        end.facts = (end.facts as [string, string][]).flatMap(([name, said]) => change(name, said));
      });
    const inTheirPlace = /does not say who signs in whose place/;
    // For a custodian, for nobody, for the same person twice, and the witness for both.
    for (const change of [
      (name: string, said: string) => [[name.replace(/of 1$/, 'of 2'), said]],
      (name: string, said: string) => [[name.replace(/of 1$/, 'of 77'), said]],
      (name: string, said: string) => [
        [name, said],
        [name, said.replace(/^8 /, '9 ')],
      ],
      (name: string, said: string) => [[name, said.replace(/^8 /, '7 ')]],
    ] as ((name: string, text: string) => [string, string][])[]) {
      const answer = facts((name, said) =>
        name.startsWith('signs in') ? change(name, said) : [[name, said]],
      );
      expect(answer).toMatchObject({ verified: false, step: 'abandon' });
      expect(answer.reason).toMatch(inTheirPlace);
    }
    const broken = facts((name) => [[name, 'somebody']]);
    expect(broken).toMatchObject({ verified: false });
  });

  test('where it is said of a ceremony that had ended', async () => {
    const { id } = begin(w, SMALL);
    await runThrough(w, id);
    const whole = JSON.parse(w.ceremonies.transcript(id).text);
    const end = { ...whole.steps.at(-1), id: 'abandon', facts: [], exceptions: [] };
    const answer = verifyTranscript(transcriptText({ ...whole, steps: [...whole.steps, end] }), primitives);
    expect(answer).toMatchObject({ verified: false, reason: 'There is a step after the last.' });
  });
});
