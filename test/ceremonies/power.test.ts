/**
 * Power lost at every point of every ceremony: at each write to the vault and around each work of the
 * token, while a step is done and while it is signed. Opened again, the ceremony stands where it stood.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { transcriptText, verifyTranscript } from '../../src/main/proof/index.ts';
import {
  abandon,
  act,
  begin,
  type CeremonyWorld,
  LEADER,
  nextStep,
  openWorld,
  primitives,
  sign,
  WITNESS,
} from './support.ts';

class PowerLost extends Error {}

/** Points that are left until the power is lost. */
let left = Number.POSITIVE_INFINITY;
let points = 0;
function point(): void {
  points += 1;
  if (left === 0) throw new PowerLost();
  left -= 1;
}

let w: CeremonyWorld;
beforeAll(async () => {
  w = await openWorld();
  w.token.cut = point;
  const statements = Object.getPrototypeOf(w.t.vault.db.prepare('SELECT 1'));
  const { run } = statements;
  vi.spyOn(statements, 'run').mockImplementation(function (this: { source: string }, ...given: unknown[]) {
    // What undoes a transaction stands for what the next opening of the file does.
    if (!/^\s*(BEGIN|ROLLBACK)/i.test(this.source)) point();
    return run.apply(this, given);
  });
});
afterAll(() => {
  vi.restoreAllMocks();
  w.close();
});

const rows = (sql: string) => w.t.vault.db.prepare(sql).all();

/** All that the vault knows of ceremonies, but for what says that somebody began or was interrupted. */
const standing = () => ({
  keys: rows('SELECT * FROM ceremony_key'),
  ceremonies: rows('SELECT id, kind, key_id, state, secret_sealed_id FROM ceremony'),
  steps: rows('SELECT * FROM ceremony_step'),
  signatures: rows('SELECT * FROM ceremony_signature'),
  shares: rows('SELECT * FROM ceremony_share'),
  exceptions: rows("SELECT class, reason FROM ceremony_exception WHERE class <> 'interrupted'"),
});

/** Every key on the token is one that the vault knows and means to be there. */
function noOrphan(): void {
  const meant = w.ceremonies.keys().filter(({ state }) => state === 'making' || state === 'active');
  expect(meant.map(({ id }) => Number(id))).toEqual(expect.arrayContaining([...w.token.held.keys()]));
}

/** Does some work, after it was cut at each of its points; answers how many there were. */
async function cutEverywhere(work: () => unknown): Promise<number> {
  const before = standing();
  for (let at = 0; ; at += 1) {
    left = at;
    try {
      await work();
      return at;
    } catch (error) {
      if (!(error instanceof PowerLost)) throw error;
    } finally {
      left = Number.POSITIVE_INFINITY;
    }
    // Every fifth cut ends the program too; the others end the transaction alone.
    if (at % 5 === 4) await w.reopen();
    expect(standing()).toEqual(before);
    noOrphan();
  }
}

const current = (id: string) =>
  w.ceremonies.get(id).script.find(({ state }) => state === 'now' || state === 'signing');

/** Runs a ceremony to its end, cut everywhere; answers the steps in the order they were done. */
async function runCut(id: string): Promise<string[]> {
  const done: string[] = [];
  for (let step = current(id); step !== undefined; step = current(id)) {
    const { id: stepId, signers } = step;
    expect(await cutEverywhere(() => act(w, id, step!)), `${stepId} has points to be cut at`).toBeGreaterThan(
      1,
    );
    await w.reopen();
    expect(current(id)).toMatchObject({ id: stepId, state: 'signing' });
    // Every signature is written alike, but for the last, which ends the ceremony.
    const last = signers.at(-1)!.operatorId;
    const isCut = stepId === 'assemble' || stepId === 'close';
    for (const { operatorId } of signers) {
      const signs = () => sign(w, id, stepId, operatorId);
      if (operatorId === last && isCut) expect(await cutEverywhere(signs)).toBeGreaterThan(1);
      else await signs();
    }
    done.push(stepId);
  }
  return done;
}

/** After a ceremony: whole, verified, nothing of it left in the vault, and the token as the keys say. */
async function expectWhole(id: string, steps: readonly string[]): Promise<void> {
  const answer = verifyTranscript(w.ceremonies.transcript(id).text, primitives);
  expect(answer).toMatchObject({ verified: true, step: null });
  expect(answer.transcript!.steps.map((step) => step.id)).toEqual(steps);
  expect(new Set(steps).size).toBe(steps.length);
  const classes = answer.transcript!.steps.flatMap(({ exceptions }) => exceptions.map((one) => one.class));
  expect(new Set(classes)).toEqual(new Set(['interrupted']));
  const active = w.ceremonies.keys().filter(({ state }) => state === 'active');
  expect([...w.token.held.keys()]).toEqual(active.map((key) => Number(key.id)));
  expectNothingLeft();
  expect((await w.t.audit.verify()).findings).toEqual([]);
}

/** Of sealed values there are the headers of the transcripts, and what the audit log keeps. */
function expectNothingLeft(): void {
  const [counted] = rows(
    `SELECT (SELECT count(*) FROM sealed_value v JOIN sealing_dek d ON d.id = v.dek_id WHERE d.purpose = 'compliance_vault') AS sealed,
       (SELECT count(*) FROM ceremony) AS ceremonies`,
  ) as { sealed: bigint; ceremonies: bigint }[];
  expect(counted!.sealed).toBe(counted!.ceremonies);
}

const SMALL = { custodians: ['2', '3'], threshold: 2 };
const OF_KEY = { label: undefined, custodians: [], bringing: ['2', '3'] };

/** Each kind, in an order in which each finds the key that it needs. */
const CEREMONIES: readonly [kind: string, plan: () => object, steps: string][] = [
  [
    'generate',
    () => SMALL,
    'assemble generate hand-out-1 hand-out-2 read-back-1 read-back-2 prove install verify rewrap close',
  ],
  [
    'recover',
    () => {
      w.token.held.clear();
      return { ...OF_KEY, keyId: '1' };
    },
    'assemble collect-1 collect-2 join install verify rewrap close',
  ],
  [
    'replace-custodian',
    () => ({ ...OF_KEY, keyId: '1', threshold: 2, custodians: ['3', '2'] }),
    'assemble collect-1 collect-2 join hand-out-1 hand-out-2 read-back-1 read-back-2 prove void close',
  ],
  [
    'rotate',
    () => ({ ...SMALL, label: undefined, keyId: '1' }),
    'assemble generate hand-out-1 hand-out-2 read-back-1 read-back-2 prove install verify rewrap retire close',
  ],
  [
    'destroy',
    () => {
      w.token.seeds.clear();
      return { ...OF_KEY, keyId: '2' };
    },
    'assemble collect-1 collect-2 join destroy verify close',
  ],
];

describe('power lost at every point of', () => {
  beforeAll(() => void w.token.seeds.set('a post-quantum key', null));

  test.each(CEREMONIES)('%s', async (kind, plan, steps) => {
    const more = { kind, ...plan() };
    const old = new Map(w.sheets);
    let id = '';
    await cutEverywhere(() => {
      id = begin(w, more).id;
    });
    // Who brings a share and receives another has the old sheet until then.
    w.sheetOf = (what, share) => (what === 'collect' ? old.get(share)! : w.sheets.get(share)!);
    expect(await runCut(id)).toEqual(steps.split(' '));
    await expectWhole(id, steps.split(' '));
    if (kind === 'rotate') expect([...w.token.seeds.values()]).toEqual([2]);
  });

  test('each of them was cut', () => expect(points).toBeGreaterThan(1_000));
});

test('a ceremony abandoned at any step, also one without all signatures, leaves nothing behind', async () => {
  const steps = CEREMONIES[0]![2].split(' ');
  const clean = w.token.held.size;
  for (const [at, stepId] of steps.slice(0, 8).entries()) {
    const { id, keyId } = begin(w, { ...SMALL, label: `abandoned ${at}` });
    for (let i = 0; i < at; i += 1) await nextStep(w, id);
    // Every other one ends with the step done and nobody or one person having signed it.
    if (at % 2 === 1) {
      const step = current(id)!;
      await act(w, id, step);
      if (at % 4 === 1) await sign(w, id, stepId, step.signers[0]!.operatorId);
    }
    abandon(w, id);
    await sign(w, id, 'abandon', LEADER);
    await cutEverywhere(() => sign(w, id, 'abandon', WITNESS));
    expect(w.ceremonies.keys().find((key) => key.id === keyId)).toMatchObject({
      state: 'abandoned',
      holders: [],
    });
    expect(w.token.held.size).toBe(clean);
    expectNothingLeft();
    const answer = verifyTranscript(w.ceremonies.transcript(id).text, primitives);
    expect(answer, answer.reason).toMatchObject({ verified: true });
    expect(answer.reason).toMatch(/abandoned/);
    // A signature taken out of the step that was left open is missed.
    const stripped = structuredClone(answer.transcript!) as unknown as { steps: { signatures: unknown[] }[] };
    if ((stripped.steps.at(-2)?.signatures.pop() ?? null) === null) continue;
    const bent = verifyTranscript(transcriptText(stripped as never), primitives);
    expect(bent).toMatchObject({ verified: false, step: answer.transcript!.steps.at(-2)!.id });
  }
});
