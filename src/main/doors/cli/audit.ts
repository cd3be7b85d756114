import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { createNewFile } from './seal-file.ts';

const WORDS =
  'audit is followed by checkpoint, receipt RECORD (or --transaction ID), trust, witness FILE, tiles DIR ' +
  'or verify-receipt FILE.';

/** What follows `audit`: one word, and what it is about. Throws `UsageError`. */
export function checkAuditOperands(args: Arguments): void {
  const [verb = '', ...rest] = args.operands;
  const needs: Readonly<Record<string, number>> = {
    checkpoint: 0,
    receipt: args.transaction === undefined ? 1 : 0,
    trust: 0,
    witness: 1,
    tiles: 1,
    'verify-receipt': 1,
  };
  if (!Object.hasOwn(needs, verb) || rest.length !== needs[verb]) throw new UsageError(WORDS);
  const takesOut = verb === 'checkpoint' || verb === 'receipt' || verb === 'trust';
  if (args.out !== undefined && !takesOut) throw new UsageError(`--out does not belong to audit ${verb}.`);
  const takesTrust = verb === 'witness' || verb === 'verify-receipt';
  if (args.trust !== undefined && !takesTrust)
    throw new UsageError(`--trust does not belong to audit ${verb}.`);
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
  const file = await createNewFile(path);
  try {
    await file.write(new Blob([text]));
    await file.keep();
  } catch (error) {
    await file.drop();
    throw error;
  }
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
    default: {
      const trust = args.trust === undefined ? {} : { trust: textOf(args.trust) };
      const seen = await client.audit.witness({ note: textOf(what!), ...trust });
      const exitCode = seen.outcome === 'consistent' ? EXIT.done : EXIT.notVerified;
      return { json: seen, text: `${seen.outcome}: ${seen.reason}`, exitCode };
    }
  }
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
