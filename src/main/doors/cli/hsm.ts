import type { HsmKey, HsmRequest, HsmToken } from '../../../contract/hsm.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable, table } from './output.ts';

const PAGE_ROWS = 500;
const DRILL_SECONDS = 10;
const MOST_DRILL_SECONDS = 3_600;

const done = (json: unknown, text: string): Answer => ({ json, text, exitCode: EXIT.done });
const time = (atMs: number) => new Date(atMs).toISOString();

const WORDS = ['status', 'keys', 'queue', 'runs', 'setup', 'key', 'migrate', 'backup', 'resume', 'drill'];

/** Throws `UsageError` for words that no command of the HSM has. */
export function checkHsmOperands([word, ...rest]: readonly string[], seconds: number | undefined): void {
  if (word === undefined || !WORDS.includes(word)) {
    throw new UsageError(`hsm is followed by one of: ${WORDS.join(', ')}.`);
  }
  const wanted = { setup: [0, 1], key: [2, 2], migrate: [2, 2], backup: [2, 2], resume: [1, 1] }[word] ?? [
    0, 0,
  ];
  if (rest.length < wanted[0]! || rest.length > wanted[1]!)
    throw new UsageError(`hsm ${word} takes other words; see --help.`);
  if (seconds === undefined) return;
  if (word !== 'drill') throw new UsageError('--seconds belongs to hsm drill.');
  if (seconds < 1 || seconds > MOST_DRILL_SECONDS)
    throw new UsageError(`--seconds takes 1 to ${MOST_DRILL_SECONDS}.`);
}

/** `hsm …`: tokens, their keys, what waits for them. */
export async function hsmCommand(client: Client, { operands }: Arguments): Promise<Answer> {
  const [word, first, second] = operands;
  switch (word) {
    case 'keys': {
      const keys = await client.hsm.keys();
      return done({ keys }, keysText(keys));
    }
    case 'queue': {
      const { rows } = await client.hsm.requests({ limit: PAGE_ROWS });
      return done({ requests: rows }, requestsText(rows));
    }
    case 'runs': {
      const runs = await client.hsm.migrations();
      const lines = runs.map(
        ({ id, purpose, state, keys }) => `${id}  ${purpose}  ${state}  ${keys.length} keys`,
      );
      return done({ runs }, lines.join('\n') || 'No key was moved yet.');
    }
    case 'setup': {
      const token = await client.hsm.setUpSoftware({ name: first ?? 'Embedded' });
      return done({ token }, `Token ${token.id} (${printable(token.name)}) is open.`);
    }
    case 'key': {
      const key = await client.hsm.generateKey({ algorithm: first as HsmKey['algorithm'], name: second! });
      return done({ key }, `Key ${key.keyId} is made.`);
    }
    case 'migrate':
    case 'backup': {
      const purpose = word === 'migrate' ? 'migration' : 'backup';
      const ends = { sourceId: Number(first), targetId: Number(second) };
      const run = await client.hsm.migrate({ ...ends, purpose });
      return {
        ...done({ run }, runText(run)),
        exitCode: run.state === 'done' ? EXIT.done : EXIT.notVerified,
      };
    }
    case 'resume': {
      const run = await client.hsm.resumeRun({ id: first! });
      return {
        ...done({ run }, runText(run)),
        exitCode: run.state === 'done' ? EXIT.done : EXIT.notVerified,
      };
    }
    default: {
      const status = await client.hsm.status();
      const waiting = `${status.queue.waiting} signing requests wait for a token.`;
      return done(status, `${tokensText(status.tokens)}\n${waiting}`);
    }
  }
}

/** `hsm drill`: kills and recovers the HSM under load, on a vault and a token of its own. */
export async function hsmDrill(seconds = DRILL_SECONDS): Promise<Answer> {
  const [{ drillHsm }, { forkHost }] = await Promise.all([
    import('../../engine/index.ts'),
    import('../shared/fork-host.ts'),
  ]);
  const { asked, answered, doubled, lost, kills, slowestReturnMs } = await drillHsm({
    spawnHost: forkHost,
    seconds,
  });
  const json = { asked, answered, doubled, lost, kills, slowestReturnMs: Math.round(slowestReturnMs) };
  const isWhole = lost === 0 && doubled === 0;
  const text =
    `${asked} asked, ${answered} answered, ${doubled} doubled, ${lost} lost; ` +
    `killed ${kills} times, back within ${json.slowestReturnMs} ms`;
  return { json, text, exitCode: isWhole ? EXIT.done : EXIT.notVerified };
}

type Run = Awaited<ReturnType<Client['hsm']['migrate']>>;

function runText({ id, state, keys }: Run): string {
  const count = (outcome: Run['keys'][number]['outcome']) =>
    keys.filter((key) => key.outcome === outcome).length;
  return `Run ${id} ${state}: ${count('moved')} moved, ${count('replaced')} replaced, ${count('stays')} stay, ${
    count('waiting') + count('failed')
  } left.`;
}

function tokensText(tokens: readonly HsmToken[]): string {
  if (tokens.length === 0) return 'No token is configured; hsm setup makes the embedded one.';
  return table<HsmToken>(
    [
      { title: 'id', align: 'right', text: ({ id }) => String(id) },
      { title: 'name', text: ({ name }) => name },
      { title: 'profile', text: ({ profile }) => profile },
      { title: 'kind', text: ({ kind }) => kind },
      { title: 'session', text: ({ session }) => session },
      { title: 'circuit', text: ({ circuit }) => circuit },
      { title: 'last error', text: ({ lastError }) => lastError ?? '' },
      { title: 'keys', align: 'right', text: ({ keys }) => String(keys) },
    ],
    tokens,
  );
}

function keysText(keys: readonly HsmKey[]): string {
  if (keys.length === 0) return 'No key on any token.';
  return table<HsmKey>(
    [
      { title: 'key', text: ({ keyId }) => keyId },
      { title: 'name', text: ({ name }) => name },
      { title: 'algorithm', text: ({ algorithm }) => algorithm },
      { title: 'state', text: ({ state }) => state },
      {
        title: 'tokens',
        text: ({ copies }) => copies.map(({ tokenId, state }) => `${tokenId} ${state}`).join(', '),
      },
      { title: 'migrates', text: ({ mayMigrate }) => (mayMigrate ? 'yes' : 'no') },
      { title: 'rotate by', text: ({ rotateByMs }) => time(rotateByMs) },
    ],
    keys,
  );
}

function requestsText(requests: readonly HsmRequest[]): string {
  if (requests.length === 0) return 'No signing request had to wait.';
  return table<HsmRequest>(
    [
      { title: 'id', text: ({ id }) => id },
      { title: 'key', text: ({ keyId }) => keyId },
      { title: 'state', text: ({ state }) => state },
      { title: 'code', text: ({ code }) => code ?? '' },
      { title: 'asked', text: ({ askedAtMs }) => time(askedAtMs) },
      { title: 'ended', text: ({ endedAtMs }) => (endedAtMs === null ? '' : time(endedAtMs)) },
    ],
    requests,
  );
}
