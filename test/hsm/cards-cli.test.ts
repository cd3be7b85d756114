/** `countersign operators card …` and `--card`, in the demo vault, whose cards are of real SoftHSM. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../src/main/doors/cli/exit-codes.ts';
import { createEngineHost, DEMO_PEOPLE } from '../../src/main/engine/index.ts';
import { commandLine, temporaryFolder } from '../doors/support.ts';
import { connectTo, movableRuntime, personWith } from '../support/people.ts';

const folder = temporaryFolder();
const runtime = movableRuntime();
const surroundings = { dataFolder: folder.path, runFolder: join(folder.path, 'run'), runtime };
const line = commandLine(surroundings);
let vault = '';
const known = (name: string) => DEMO_PEOPLE.find((one) => one.name === name)!;
const people = new Map(DEMO_PEOPLE.map((one) => [one.name, personWith(one, runtime)]));

beforeAll(async () => {
  const host = createEngineHost({ ...surroundings, version: 'test' });
  const { client } = await connectTo(host)();
  vault = (await client.vault.openDemo()).status.directory!;
  await host.close();
}, 120_000);
afterEach(() => {
  for (const name of ['COUNTERSIGN_CARD_PIN', 'COUNTERSIGN_NEW_CARD_PIN', 'COUNTERSIGN_CARD'])
    delete process.env[name];
});
afterAll(() => folder.remove());

interface Ran {
  readonly code: number;
  readonly json: Record<string, never>;
  readonly error: string | undefined;
}

async function run(argv: readonly string[], as?: Parameters<typeof line>[1]): Promise<Ran> {
  const { code, stdout, stderr } = await line([...argv, '--json', '--vault', vault], as);
  // A warning may stand before what was refused.
  const told = stderr.includes('{') ? stderr.slice(stderr.indexOf('{')) : undefined;
  return {
    code,
    json: stdout === '' ? {} : JSON.parse(stdout),
    error: told === undefined ? undefined : JSON.parse(told).error.code,
  };
}
const byCode = (name: string, ...argv: string[]) => run(argv, people.get(name));
/** With the passphrase from the environment and the card in the reader. */
const byCard = (name: string, ...argv: string[]) =>
  run([...argv, '--card'], { name, passphrase: known(name).passphrase });
const card = (...words: string[]) => byCode('Ines Vogt', 'operators', 'card', ...words);

/** The other officer agrees to what waits. */
async function agree(): Promise<void> {
  const { json } = await byCode('Pavel Horak', 'approvals', 'list');
  const [request] = json.requests as unknown as { id: string }[];
  const agreed = await byCode('Pavel Horak', 'approvals', 'approve', request!.id);
  expect(agreed.code).toBe(EXIT.done);
}

test('a card signs in, is shown, taken away, and enrolled again by two with its PIN', {
  timeout: 240_000,
}, async () => {
  expect(await card('show')).toMatchObject({ code: EXIT.done, json: { cards: [] } });

  expect(await byCard('Farid Aziz', 'keys', 'due')).toMatchObject({ code: EXIT.done });
  const { json } = await card('show');
  const [seen] = json.cards as unknown as { serial: string; operatorName: string }[];
  expect(seen).toMatchObject({ operatorName: 'Farid Aziz' });

  process.env.COUNTERSIGN_CARD_PIN = '000000';
  expect(await byCard('Farid Aziz', 'keys', 'due')).toMatchObject({
    code: EXIT.rule,
    error: 'HSM_PIN_WRONG',
  });
  delete process.env.COUNTERSIGN_CARD_PIN;
  // Somebody for whom the demo has no card, and nobody to ask at a terminal.
  expect((await byCard('Anna Berg', 'keys', 'due')).code).toBe(EXIT.usage);
  process.env.COUNTERSIGN_CARD_PIN = '1';
  expect(await byCard('Anna Berg', 'keys', 'due')).toMatchObject({ error: 'HSM_CARD_UNKNOWN' });
  delete process.env.COUNTERSIGN_CARD_PIN;

  const list = await byCode('Ines Vogt', 'operators', 'list');
  const operators = list.json.operators as unknown as { id: string; name: string }[];
  const { id } = operators.find(({ name }) => name === 'Farid Aziz')!;
  expect(await byCode('Anna Berg', 'operators', 'card', 'remove', id)).toMatchObject({
    code: EXIT.rule,
    error: 'NOT_PERMITTED',
  });
  expect(await card('remove', id)).toMatchObject({ code: EXIT.done, json: { operator: { card: null } } });
  expect(await card('remove', id)).toMatchObject({ code: EXIT.rule, error: 'HSM_CARD_UNKNOWN' });

  const { serial } = seen!;
  // Without a terminal and without the variable there is nobody who could type the PIN.
  expect((await card('enrol', id, serial)).code).toBe(EXIT.usage);
  process.env.COUNTERSIGN_NEW_CARD_PIN = known('Farid Aziz').cardPin!;
  expect(await card('enrol', id, serial)).toMatchObject({ code: EXIT.held });
  await agree();
  // An agreement is to one try: after a wrong PIN two agree again.
  process.env.COUNTERSIGN_NEW_CARD_PIN = '000000';
  expect(await card('enrol', id, serial)).toMatchObject({ code: EXIT.rule, error: 'HSM_PIN_WRONG' });
  process.env.COUNTERSIGN_NEW_CARD_PIN = known('Farid Aziz').cardPin!;
  expect(await card('enrol', id, serial)).toMatchObject({ code: EXIT.held });
  await agree();
  expect(await card('enrol', id, serial)).toMatchObject({
    code: EXIT.done,
    json: { operator: { name: 'Farid Aziz', card: { serial, kind: 'software' } } },
  });
  expect(await byCard('Farid Aziz', 'keys', 'due')).toMatchObject({ code: EXIT.done });
});

test('words that no command has are a mistake of use', { timeout: 60_000 }, async () => {
  for (const words of [[], ['show', 'x'], ['enrol', '1'], ['remove', '1', 'x']])
    expect((await run(['operators', 'card', ...words])).code, words.join(' ')).toBe(EXIT.usage);
});
