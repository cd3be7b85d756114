import { readFileSync, statSync } from 'node:fs';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import { handOut } from './audit.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable } from './output.ts';

const WORDS =
  'approvals packet is followed by export ID, read FILE, answer FILE approve|veto or take FILE; ' +
  'approvals card by show or enrol OPERATOR-ID FILE.';
const MOST_BYTES = 1_048_576;

type Given = Pick<Arguments, 'operands' | 'reason' | 'out' | 'trust'>;

/** What follows `approvals packet` and `approvals card`. Throws `UsageError`. */
export function checkPacketOperands({ operands, reason, out, trust }: Given): void {
  const [room = '', verb = '', ...rest] = operands;
  const act = `${room} ${verb}`;
  const needs: Readonly<Record<string, number>> = {
    'packet export': 1,
    'packet read': 1,
    'packet answer': 2,
    'packet take': 1,
    'card show': 0,
    'card enrol': 2,
  };
  if (!Object.hasOwn(needs, act) || rest.length !== needs[act]) throw new UsageError(WORDS);
  const isAnswer = act === 'packet answer';
  if (isAnswer && rest[1] !== 'approve' && rest[1] !== 'veto') throw new UsageError(WORDS);
  if (!isAnswer && (reason !== undefined || trust !== undefined)) throw new UsageError(WORDS);
  if (out !== undefined && !isAnswer && act !== 'packet export' && act !== 'card show') {
    throw new UsageError(`--out does not belong to approvals ${act}.`);
  }
}

/** `countersign approvals packet …` and `… card …`: what travels between consoles without a network. */
export async function packetCommand(
  client: Client,
  { operands, reason, out, trust }: Given,
): Promise<Answer> {
  const [room, verb, what = '', then = ''] = operands;
  const { approvals } = client;
  switch (`${room} ${verb}`) {
    case 'packet export':
      return handOutFile(out, await approvals.exportPacket({ requestId: what }));
    case 'packet read':
      return readAnswer(client, textOf(what));
    case 'packet answer': {
      const text = textOf(what);
      const { commandHash } = await approvals.readPacket({ text });
      const answer = await approvals.answerPacket({
        text,
        commandHash,
        decision: then === 'veto' ? 'veto' : 'approve',
        ...(reason === undefined ? {} : { reason }),
        ...(trust === undefined ? {} : { trust: trust.replaceAll(/[\s:]/g, '').toLowerCase() }),
      });
      return handOutFile(out, answer);
    }
    case 'packet take': {
      const taken = await approvals.takeAnswer({ text: textOf(what) });
      const isRefused = taken.state === 'failed' || taken.state === 'void';
      const text = `${taken.rendered.title} [${taken.state}]: ${taken.agreed} of ${taken.quorum} agree`;
      return { json: taken, text: printable(text), exitCode: isRefused ? EXIT.rule : EXIT.done };
    }
    case 'card show':
      return handOutFile(out, await approvals.card());
    default: {
      const enrolled = await approvals.enrolCard({ operatorId: what, text: textOf(then) });
      const text = `operator ${enrolled.operatorId}: ${enrolled.fingerprint}`;
      return { json: enrolled, text, exitCode: EXIT.done };
    }
  }
}

function textOf(path: string): string {
  try {
    if (statSync(path).size > MOST_BYTES) throw new UsageError(`${path} is too long to be one of ours.`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read.`);
  }
}

const handOutFile = (
  out: string | undefined,
  { name, text }: { readonly name: string; readonly text: string },
) => handOut(out, text, { name });

/** What would run elsewhere, and whose keys vouch for it. */
async function readAnswer(client: Client, text: string): Promise<Answer> {
  const shown = await client.approvals.readPacket({ text });
  const known =
    shown.signerKnownAs === null
      ? `${shown.signerName}, as the packet says; compare the key by telephone and name it with --trust`
      : `${shown.signerKnownAs}, enrolled here`;
  const lines = [
    shown.title,
    ...shown.lines.map(({ label, before, after }) =>
      before === null ? `  ${label}: ${after ?? ''}` : `  ${label}: ${before} → ${after ?? ''}`,
    ),
    `  asked by ${shown.makerName} under “${shown.policyTitle}” (version ${shown.policyVersion})`,
    `  answer by ${new Date(shown.expiresAtMs).toISOString()}`,
    `  vault: ${shown.isOwn ? 'the one that is open here' : shown.vaultId}`,
    `  command: ${shown.raw}`,
    `  SHA-256: ${shown.commandHash}`,
    `  packet made by ${known}`,
    `  key: ${shown.signerFingerprint}`,
  ];
  return { json: shown, text: lines.map(printable).join('\n'), exitCode: EXIT.done };
}
