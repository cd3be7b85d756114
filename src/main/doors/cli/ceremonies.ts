import { readFileSync } from 'node:fs';
import type { CeremonyDetail, CeremonyLine } from '../../../contract/ceremonies.ts';
import { sha256 } from '../../crypto/index.ts';
import { verifyTranscriptFile } from '../../engine/index.ts';
import { transcriptFacts, transcriptSays } from '../../proof/index.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import { handOut } from './audit.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable, table } from './output.ts';

const WORDS = 'ceremony is followed by list, show ID, transcript ID or rehearse.';

/** What follows `ceremony` and `verify-ceremony`. Throws `UsageError`. */
export function checkCeremonyOperands({ command, operands, out }: Arguments): void {
  if (command === 'verify-ceremony') {
    if (operands.length === 1) return;
    throw new UsageError('Name one transcript, as in: verify-ceremony FILE');
  }
  const [verb = '', ...rest] = operands;
  const needs: Readonly<Record<string, number>> = { list: 0, show: 1, transcript: 1, rehearse: 0 };
  if (!Object.hasOwn(needs, verb) || rest.length !== needs[verb]) throw new UsageError(WORDS);
  if (out !== undefined && verb !== 'transcript' && verb !== 'rehearse') {
    throw new UsageError(`--out does not belong to ceremony ${verb}.`);
  }
}

/** `countersign ceremony …`, for what needs a vault. */
export async function ceremonyCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const [verb, ceremonyId] = args.operands;
  switch (verb) {
    case 'list': {
      const ceremonies = await client.ceremonies.list();
      return { json: { ceremonies }, text: listText(ceremonies), exitCode: EXIT.done };
    }
    case 'show': {
      const ceremony = await client.ceremonies.get({ ceremonyId: ceremonyId! });
      return { json: ceremony, text: showText(ceremony), exitCode: EXIT.done };
    }
    case 'transcript': {
      const { name, text } = await client.ceremonies.transcript({ ceremonyId: ceremonyId! });
      return handOut(args.out, text, { name });
    }
    default: {
      const { rehearse } = await import('./rehearsal.ts');
      return rehearse(client, args, signal);
    }
  }
}

/** Checks a transcript without any vault, as the static verifier does, and tells the same of it. */
export function verifyCeremonyCommand({ operands }: Arguments): Answer {
  const startMs = performance.now();
  const answer = verifyTranscriptFile(textOf(operands[0]!));
  const tookMs = Math.round(performance.now() - startMs);
  const { verified, reason, step, seal } = answer;
  const transcript = verified ? answer.transcript : null;
  return {
    json: {
      ...{ verified, reason, step, seal, tookMs },
      rehearsal: transcript?.rehearsal ?? null,
      ...(transcript === null ? { participants: [] } : transcriptSays(transcript, sha256)),
    },
    text: [
      `${verified ? 'verified' : 'NOT VERIFIED'}: ${printable(reason)}`,
      ...transcriptFacts(answer, sha256).map(([name, text]) => `  ${printable(name)}: ${printable(text)}`),
    ].join('\n'),
    exitCode: verified ? EXIT.done : EXIT.notVerified,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}

function listText(ceremonies: readonly CeremonyLine[]): string {
  if (ceremonies.length === 0) return 'No ceremony was held yet.';
  return table<CeremonyLine>(
    [
      { title: 'id', align: 'right', text: ({ id }) => id },
      { title: 'kind', text: ({ kind }) => kind },
      { title: 'key', text: ({ keyLabel }) => printable(keyLabel) },
      { title: 'real', text: ({ rehearsal }) => (rehearsal ? 'rehearsal' : 'real') },
      { title: 'state', text: ({ state }) => state },
      { title: 'steps', align: 'right', text: ({ stepsDone, steps }) => `${stepsDone} of ${steps}` },
      { title: 'begun', text: ({ startedAtMs }) => new Date(startedAtMs).toISOString() },
    ],
    ceremonies,
  );
}

function showText({ participants, script, ...line }: CeremonyDetail): string {
  const nameOf = (id: string) => participants.find(({ operatorId }) => operatorId === id)?.name ?? id;
  const steps = table<CeremonyDetail['script'][number]>(
    [
      { title: 'step', text: ({ id }) => id },
      { title: 'state', text: ({ state }) => state },
      {
        title: 'signed by',
        text: ({ signers }) =>
          signers
            .filter(({ signed }) => signed)
            .map(({ operatorId }) => printable(nameOf(operatorId)))
            .join(', '),
      },
      {
        title: 'exceptions',
        text: ({ exceptions }) =>
          exceptions.map((one) => `${one.class}: ${printable(one.reason)}`).join('; '),
      },
    ],
    script,
  );
  return `${listText([line])}\n\n${steps}`;
}
