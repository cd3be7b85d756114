import { existsSync } from 'node:fs';
import type { CeremonyDetail, CeremonyStep } from '../../../contract/ceremonies.ts';
import type { DemoPerson } from '../../../contract/session.ts';
import { verifyTranscriptFile } from '../../engine/index.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import { handOut } from './audit.ts';
import type { Answer } from './commands.ts';
import { signInDemo } from './demo-people.ts';
import { EXIT, UsageError } from './exit-codes.ts';

const THRESHOLD = 3;
const SHARES = 5;
/** A code counts for so long, and once; then there is another. */
const CODE_MS = 30_000;

/** Who is who in the rehearsal: names of the demo, by the ids they have in this vault. */
interface Cast {
  readonly names: ReadonlyMap<string, string>;
  readonly witness: string;
  readonly custodians: readonly string[];
}

/**
 * `countersign ceremony rehearse`: the demo's seven people generate a key of a rehearsal on the
 * tokens, split it 3 of 5, read every share back and prove it; the transcript is written and verified.
 */
export async function rehearse(client: Client, { out }: Arguments, signal: AbortSignal): Promise<Answer> {
  const administrator = await signInDemo(client, 'security-officer', signal);
  const cast = await castOf(client, administrator.name);
  const begun = await client.ceremonies.begin({
    kind: 'generate',
    rehearsal: true,
    label: `rehearsal ${new Date().toISOString().slice(0, 10)}`,
    threshold: THRESHOLD,
    custodians: [...cast.custodians],
    bringing: [],
    witnesses: [cast.witness],
  });
  const sheets = new Map<number, string>();
  let standing: CeremonyDetail = begun;
  for (;;) {
    signal.throwIfAborted();
    const step = standing.script.find(({ state }) => state === 'now' || state === 'signing');
    if (step === undefined) break;
    await doStep(client, standing.id, step, sheets);
    for (const { operatorId } of step.signers) {
      standing = await sign(client, standing.id, step, operatorId, cast, signal);
    }
  }
  await client.session.signOut();
  const { name, text } = await client.ceremonies.transcript({ ceremonyId: standing.id });
  const startMs = performance.now();
  const { verified, reason, seal } = verifyTranscriptFile(text);
  const verifiedInMs = Math.round(performance.now() - startMs);
  const { file: transcript } = (await handOut(out ?? freeName(name), text, {})).json as { file: string };
  return {
    json: {
      ...{ ceremonyId: standing.id, transcript, verified, seal, verifiedInMs },
      ...{ quorum: `${THRESHOLD} of ${SHARES}`, steps: standing.stepsDone },
    },
    text: `${transcript}\n${verified ? 'verified' : 'NOT VERIFIED'} in ${verifiedInMs} ms: ${reason}`,
    exitCode: verified ? EXIT.done : EXIT.notVerified,
  };
}

/** A name that no file in this folder has: another vault's rehearsal may have the same number. */
function freeName(name: string): string {
  if (!existsSync(name)) return name;
  for (let i = 2; ; i += 1) {
    const other = name.replace(/\.json$/, `-${i}.json`);
    if (!existsSync(other)) return other;
  }
}

async function castOf(client: Client, administrator: string): Promise<Cast> {
  const [{ people }, { operators }] = await Promise.all([
    client.session.peopleOfDemo(),
    client.operators.list(),
  ]);
  const names = new Map(
    operators
      .filter(({ name, state }) => state === 'active' && people.some((person) => person.name === name))
      .map(({ id, name }) => [id, name]),
  );
  const others = [...names].filter(([, name]) => name !== administrator).map(([id]) => id);
  const [witness, ...custodians] = others;
  if (witness === undefined || custodians.length < SHARES) {
    throw new UsageError('The demo lacks people for five custodians and a witness; some were disabled.');
  }
  return { names, witness, custodians: custodians.slice(0, SHARES) };
}

/** Does what the step is about; shares are read back as they were shown. */
async function doStep(
  client: Client,
  ceremonyId: string,
  { id: stepId, act, share }: CeremonyStep,
  sheets: Map<number, string>,
): Promise<void> {
  const typed = act === 'read-back' ? { share: sheets.get(share!)! } : {};
  const { sheet } = await client.ceremonies.act({ ceremonyId, stepId, ...typed });
  if (sheet !== null) sheets.set(sheet.share, sheet.words.join(' '));
}

async function sign(
  client: Client,
  ceremonyId: string,
  { id: stepId, act }: CeremonyStep,
  operatorId: string,
  { names }: Cast,
  signal: AbortSignal,
): Promise<CeremonyDetail> {
  const person = await personNow(client, names.get(operatorId)!, act === 'assemble', signal);
  const { passphrase, code } = person;
  const factor = act === 'assemble' ? { code: code! } : {};
  return client.ceremonies.sign({ ceremonyId, stepId, operatorId, passphrase, ...factor });
}

/** Somebody of the demo, with a code that was not used yet where one is needed. */
async function personNow(
  client: Client,
  name: string,
  needsCode: boolean,
  signal: AbortSignal,
): Promise<DemoPerson> {
  for (;;) {
    const { people } = await client.session.peopleOfDemo();
    const person = people.find((one) => one.name === name)!;
    if (!needsCode || person.code !== null) return person;
    await new Promise((resolve) => setTimeout(resolve, CODE_MS - (Date.now() % CODE_MS) + 250));
    signal.throwIfAborted();
  }
}
