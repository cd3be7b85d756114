import type { VaultSlot } from '../../../contract/vault.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { table } from './output.ts';
import {
  askNewPassphrase,
  askPassphrase,
  type PassphraseSource,
  passphraseSource,
  tokenPin,
} from './passphrase.ts';

type NewSlot = Parameters<Client['vault']['slots']['add']>[0]['slot'];
type Secret = Parameters<Client['vault']['slots']['rehearse']>[0]['secret'];
type Made = Awaited<ReturnType<Client['vault']['slots']['add']>>;

const WORDS = 'slots is followed by list, rehearse [ID], add KIND, replace ID KIND or revoke ID.';
const KINDS = 'passphrase, recovery-key, recovery-quorum, token';

/** `countersign slots …`. No secret is ever an argument: other programs can see those. */
export async function slotsCommand(
  client: Client,
  args: Arguments,
  _signal: AbortSignal,
  passphrases: PassphraseSource,
): Promise<Answer> {
  const [verb, ...words] = args.operands;
  const { slots } = client.vault;
  const secret = () => askSecret(client, args, passphrases);
  const label = args.label === undefined ? {} : { label: args.label };
  switch (verb) {
    case 'list': {
      requireWords(words, 0);
      const answer = await slots.list();
      return { json: answer, text: textOf(answer.slots), exitCode: EXIT.done };
    }
    case 'rehearse': {
      if (words.length > 1) throw new UsageError(WORDS);
      const [slotId] = words;
      const answer = await slots.rehearse({
        secret: await secret(),
        ...(slotId === undefined ? {} : { slotId }),
      });
      return { json: answer, text: `Opens: ${nameOf(answer.slot)}.`, exitCode: EXIT.done };
    }
    case 'add': {
      requireWords(words, 1);
      const slot = await newSlot(words[0]!, args, passphrases);
      return madeAnswer(await slots.add({ proof: await secret(), slot, ...label }));
    }
    case 'replace': {
      requireWords(words, 2);
      const slot = await newSlot(words[1]!, args, passphrases);
      return madeAnswer(await slots.replace({ proof: await secret(), slotId: words[0]!, slot, ...label }));
    }
    case 'revoke': {
      requireWords(words, 1);
      const answer = await slots.revoke({ proof: await secret(), slotId: words[0]! });
      const text = `Revoked; the vault has new keys.\n${textOf(answer.slots)}`;
      return { json: answer, text, exitCode: EXIT.done };
    }
    default:
      throw new UsageError(WORDS);
  }
}

function requireWords(words: readonly string[], count: number): void {
  if (words.length !== count) throw new UsageError(WORDS);
}

async function newSlot(kind: string, args: Arguments, passphrases: PassphraseSource): Promise<NewSlot> {
  const { threshold, shares } = args;
  if (kind !== 'recovery-quorum' && (threshold !== undefined || shares !== undefined)) {
    throw new UsageError('--threshold and --shares belong to a recovery-quorum.');
  }
  switch (kind) {
    case 'passphrase': {
      if (args.newPassphraseFd === undefined) {
        return { kind, passphrase: await askNewPassphrase(passphrases, 'the new key slot') };
      }
      const { given } = passphraseSource(args.newPassphraseFd);
      return { kind, passphrase: given ?? '' };
    }
    case 'recovery-key':
      return { kind };
    case 'token':
      return { kind, ...(await tokenPin(passphrases)) };
    case 'recovery-quorum':
      if (threshold === undefined || shares === undefined) {
        throw new UsageError('A recovery-quorum needs --threshold M and --shares N.');
      }
      return { kind, threshold, shares };
    default:
      throw new UsageError(`A key slot is one of ${KINDS}.`);
  }
}

const PROMPTS: Readonly<Record<string, string>> = {
  passphrase: 'Passphrase of a key slot',
  'recovery-key': 'Recovery key',
  shares: 'Recovery shares, with spaces between them',
};

/** The secret of a slot that exists, from where a passphrase comes from too. */
async function askSecret(client: Client, args: Arguments, passphrases: PassphraseSource): Promise<Secret> {
  const kind = args.secretKind ?? 'passphrase';
  if (kind === 'token') return { token: true, ...(await tokenPin(passphrases)) };
  const prompt = PROMPTS[kind];
  if (prompt === undefined) throw new UsageError('--with takes passphrase, recovery-key, shares or token.');
  const text =
    passphrases.given ?? (await demoPassphrase(client, kind)) ?? (await askPassphrase(passphrases, prompt));
  if (kind === 'recovery-key') return { recoveryKey: text };
  if (kind === 'shares') return { shares: text.split(/[\s,;]+/).filter((share) => share !== '') };
  return { passphrase: text };
}

/** The demo vault's passphrase is no secret and is never asked for. */
async function demoPassphrase(client: Client, kind: string): Promise<string | undefined> {
  if (kind !== 'passphrase' || !(await client.vault.status()).demo) return undefined;
  const { DEMO_PASSPHRASE } = await import('../../engine/index.ts');
  return DEMO_PASSPHRASE;
}

function madeAnswer(made: Made): Answer {
  const lines = [`Made: ${nameOf(made.slot)}.`];
  if (made.recoveryKey !== null) lines.push(`Recovery key, shown this once: ${made.recoveryKey}`);
  made.shares.forEach((share, i) => {
    lines.push(`Share ${i + 1} of ${made.shares.length}, shown this once: ${share}`);
  });
  return { json: made, text: lines.join('\n'), exitCode: EXIT.done };
}

const day = (atMs: number | null): string =>
  atMs === null ? 'never' : new Date(atMs).toISOString().slice(0, 10);

const kindOf = ({ kind, quorum }: VaultSlot): string =>
  quorum === null ? kind : `${kind} ${quorum.threshold} of ${quorum.shares}`;

const nameOf = (slot: VaultSlot): string =>
  slot.label === '' ? kindOf(slot) : `${kindOf(slot)}, ${slot.label}`;

function textOf(slots: readonly VaultSlot[]): string {
  if (slots.length === 0) return 'The vault has no key slots: its root key comes from outside.';
  return table<VaultSlot>(
    [
      { title: 'id', text: (slot) => slot.id },
      { title: 'kind', text: kindOf },
      { title: 'label', text: (slot) => slot.label },
      { title: 'made', text: (slot) => day(slot.createdAtMs) },
      { title: 'rehearsed', text: (slot) => day(slot.lastRehearsedAtMs) },
      { title: 'revocable', text: (slot) => (slot.revocable ? 'yes' : 'no') },
    ],
    slots,
  );
}
