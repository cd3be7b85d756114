import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AuditReplay } from '../../../contract/audit.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { writeNewFile } from './seal-file.ts';

const WORDS =
  'audit is followed by checkpoint, receipt RECORD (or --transaction ID), trust, witness FILE, tiles DIR, ' +
  'show, enrol-witness FILE, take FILE, sign-epoch, replay or verify-receipt FILE.';

/** What follows `audit`: one word, and what it is about. Throws `UsageError`. */
export function checkAuditOperands(args: Arguments): void {
  const [verb = '', ...rest] = args.operands;
  const needs: Readonly<Record<string, number>> = {
    checkpoint: 0,
    receipt: args.transaction === undefined ? 1 : 0,
    trust: 0,
    witness: 1,
    tiles: 1,
    replay: 0,
    show: 0,
    'enrol-witness': 1,
    take: 1,
    'sign-epoch': 0,
    'verify-receipt': 1,
  };
  if (!Object.hasOwn(needs, verb) || rest.length !== needs[verb]) throw new UsageError(WORDS);
  const takesOut = ['checkpoint', 'receipt', 'trust', 'witness', 'show'].includes(verb);
  if (args.out !== undefined && !takesOut) throw new UsageError(`--out does not belong to audit ${verb}.`);
  const takesTrust = verb === 'witness' || verb === 'verify-receipt';
  if (args.trust !== undefined && !takesTrust)
    throw new UsageError(`--trust does not belong to audit ${verb}.`);
  if (args.at !== undefined && !/^\d{1,15}$/.test(args.at))
    throw new UsageError('--at takes a record number.');
  if (args.at !== undefined && verb !== 'replay')
    throw new UsageError(`--at does not belong to audit ${verb}.`);
  if (args.transaction !== undefined && verb !== 'receipt') throw new UsageError(WORDS);
  if (verb === 'receipt' && rest.length === 1 && !/^\d{1,15}$/.test(rest[0]!)) {
    throw new UsageError('A receipt is of a record number, as in: audit receipt 12 --out FILE');
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}

/** Writes a file that was not there before; without a name the text itself is the answer. */
export async function handOut(out: string | undefined, text: string, json: object): Promise<Answer> {
  if (out === undefined) return { json: { ...json, text }, text: text.trimEnd(), exitCode: EXIT.done };
  const path = resolve(out);
  await writeNewFile(path, text);
  return { json: { ...json, file: path }, text: path, exitCode: EXIT.done };
}

/** `countersign audit …`, for what needs a vault. */
export async function auditCommand(client: Client, args: Arguments): Promise<Answer> {
  const [verb, what] = args.operands;
  switch (verb) {
    case 'checkpoint': {
      const { note, size, origin, keyId } = await client.audit.checkpoint();
      return handOut(args.out, note, { size, origin, keyId });
    }
    case 'receipt': {
      const of =
        args.transaction === undefined ? { seq: BigInt(what!) } : { bankTransactionId: args.transaction };
      const { name, text } = await client.audit.receipt(of);
      return handOut(args.out, text, { name });
    }
    case 'trust': {
      const { text, fingerprints } = await client.audit.trust();
      return handOut(args.out, text, { fingerprints });
    }
    case 'tiles': {
      const made = await client.audit.exportTiles({ folder: resolve(what!) });
      return { json: made, text: `${made.files} files over ${made.size} records`, exitCode: EXIT.done };
    }
    case 'show': {
      const { name, text } = await client.audit.showTo({});
      return handOut(args.out, text, { name });
    }
    case 'enrol-witness': {
      const enrolled = await client.audit.enrolWitness({ trust: textOf(what!) });
      return { json: enrolled, text: `console ${enrolled.vaultId} is a witness`, exitCode: EXIT.done };
    }
    case 'take': {
      const taken = await client.audit.takeCosigned({ note: textOf(what!) });
      const text = taken.map(({ witness, size }) => `${witness} countersigned ${size} records`).join('\n');
      return { json: taken, text, exitCode: EXIT.done };
    }
    case 'sign-epoch': {
      const { epoch, signed, signatures, needed } = await client.audit.signEpoch();
      const text = `epoch ${epoch}: ${signatures.length} of ${needed} signed`;
      return { json: { epoch, signed, signatures, needed }, text, exitCode: EXIT.done };
    }
    case 'replay': {
      const replayed = await client.audit.replay(args.at === undefined ? {} : { at: BigInt(args.at) });
      const exitCode = replayed.agrees === false ? EXIT.notVerified : EXIT.done;
      return { json: replayed, text: replayText(replayed), exitCode };
    }
    default: {
      const trust = args.trust === undefined ? {} : { trust: textOf(args.trust) };
      const seen = await client.audit.witness({ note: textOf(what!), ...trust });
      const exitCode = seen.outcome === 'consistent' ? EXIT.done : EXIT.notVerified;
      if (args.out !== undefined && seen.cosigned !== null) {
        const { outcome, origin, size, reason } = seen;
        return handOut(args.out, seen.cosigned, { outcome, origin, size, reason });
      }
      return { json: seen, text: `${seen.outcome}: ${seen.reason}`, exitCode };
    }
  }
}

/** The rebuilt state in a few lines, and where the live tables say otherwise. */
function replayText({ at, accounts, matches, queue, compared }: AuditReplay): string {
  const lines = [
    `record ${at}: ${accounts.length} accounts, ${matches.standing} matches that stand`,
    ...queue.map(({ status, count }) => `  ${status}: ${count}`),
  ];
  if (compared === null) return lines.join('\n');
  for (const [name, { checked, differing, differences }] of Object.entries(compared)) {
    lines.push(`${name}: ${checked} compared, ${differing} differ`);
    for (const { place, expected, found } of differences) {
      lines.push(`  ${place}: the log says ${expected}; the table says ${found}`);
    }
  }
  return lines.join('\n');
}

/** Checks a receipt without any vault, as the static verifier does. */
export async function verifyReceiptCommand(args: Arguments): Promise<Answer> {
  const { verifyReceiptFile } = await import('../../engine/index.ts');
  const trust = args.trust === undefined ? undefined : textOf(args.trust);
  const { verdict, reason, receipt, fingerprint } = verifyReceiptFile(textOf(args.operands[1]!), trust);
  const record = verdict === 'not-verified' ? null : (receipt?.record ?? null);
  return {
    json: { verdict, reason, record, fingerprint },
    text: `${verdict}: ${reason}`,
    exitCode: verdict === 'verified' ? EXIT.done : EXIT.notVerified,
  };
}
