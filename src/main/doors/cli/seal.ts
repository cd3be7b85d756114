import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { RetentionClass, TransferWork } from '../../../contract/compliance.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable } from './output.ts';
import { createNewFile, hashOf, openInput, transferFile } from './seal-file.ts';

/** Bank messages are kept ten years where nobody says otherwise. */
const USUAL_RETENTION: RetentionClass = '10y';
/** What a sealed copy begins with. */
const SEALED_COPY = 'countersign sealed file ';
const READ_BYTES = 512 * 1024;

const nameOf = (path: string): string => basename(path).slice(0, 255);

function retentionOf(text: string | undefined): RetentionClass {
  if (text === undefined) return USUAL_RETENTION;
  if (text !== '7y' && text !== '10y') throw new UsageError('--retention takes 7y or 10y.');
  return text;
}

/** `countersign seal FILE`: a CSV with sealed columns, or a bank message kept for years. */
export function sealCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  return args.columns === undefined ? archive(client, args, signal) : sealColumns(client, args, signal);
}

async function sealColumns(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  if (args.hold !== undefined || args.retention !== undefined) {
    throw new UsageError('--hold and --retention are for a message that is kept, not for --columns.');
  }
  const columns = [...new Set(args.columns!.split(',').map((name) => name.trim()))].filter(Boolean);
  if (columns.length === 0) throw new UsageError('--columns takes names, as in: --columns name,ibans');
  const file = args.operands[0]!;
  const out = args.out ?? `${file.replace(/\.csv$/i, '')}.sealed.csv`;
  const input = await openInput(file);
  const work = { kind: 'seal-columns', fileName: nameOf(file), columns } as const;
  const { rows, cells } = await through(client, work, input, out, signal);
  return {
    json: { out, rows, cells },
    text: `${printable(out)}: ${cells} cells sealed in ${rows} rows`,
    exitCode: EXIT.done,
  };
}

async function archive(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const file = args.operands[0]!;
  const out = args.out ?? `${file}.sealed`;
  const retentionClass = retentionOf(args.retention);
  const input = await openInput(file);
  const work = {
    kind: 'archive',
    fileName: nameOf(file),
    contentHash: await hashOf(file),
    retentionClass,
    ...(args.hold === undefined ? {} : { holdReason: args.hold }),
  } as const;
  const result = await through(client, work, input, out, signal);
  const { evidenceId, reference, retainUntil, contentHash } = result;
  return {
    json: { id: evidenceId, out, reference, retainUntil, hold: args.hold !== undefined, contentHash },
    text:
      `Kept as evidence ${evidenceId} through ${retainUntil}${args.hold === undefined ? '' : ', under hold'}: ` +
      `reference ${printable(reference ?? '')}\nSealed copy: ${printable(out)}`,
    exitCode: EXIT.done,
  };
}

/** `countersign unseal`: the bytes as they were, of a sealed file or of evidence by its id. */
export async function unsealCommand(client: Client, args: Arguments, signal: AbortSignal): Promise<Answer> {
  const what = args.operands[0]!;
  if (/^\d{1,18}$/.test(what) && !existsSync(what)) return unsealEvidence(client, what, args.out, signal);
  const input = await openInput(what);
  const head = Buffer.alloc(SEALED_COPY.length);
  await input.read(head, 0, head.length, 0);
  const kind = head.toString('latin1') === SEALED_COPY ? 'unarchive' : 'open-columns';
  const out = args.out ?? what.replace(/\.sealed(?=$|\.csv$)/i, '');
  if (out === what) {
    await input.close();
    throw new UsageError('Say where to: --out FILE.');
  }
  const result = await through(client, { kind, fileName: nameOf(what) }, input, out, signal);
  const { evidenceId, reference, rows, cells } = result;
  return kind === 'unarchive'
    ? {
        json: { id: evidenceId, out, reference },
        text: `${printable(out)}: evidence ${evidenceId}, reference ${printable(reference ?? '')}`,
        exitCode: EXIT.done,
      }
    : {
        json: { out, rows, cells },
        text: `${printable(out)}: ${cells} cells opened in ${rows} rows`,
        exitCode: EXIT.done,
      };
}

async function through(
  client: Client,
  work: TransferWork,
  input: Awaited<ReturnType<typeof openInput>>,
  out: string,
  signal: AbortSignal,
) {
  try {
    return await transferFile(client, work, input, await createNewFile(out), signal);
  } finally {
    await input.close();
  }
}

async function unsealEvidence(
  client: Client,
  id: string,
  out: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  if (out === undefined) throw new UsageError('Say where to: --out FILE.');
  const output = await createNewFile(out);
  try {
    let sizeBytes = 1;
    for (let offset = 0; offset < sizeBytes; offset += READ_BYTES) {
      signal.throwIfAborted();
      const answer = await client.compliance.read({ id, offset, length: READ_BYTES });
      ({ sizeBytes } = answer);
      await output.write(answer.bytes);
    }
    await output.keep();
    return {
      json: { id, out, sizeBytes },
      text: `${printable(out)}: evidence ${id}, ${sizeBytes} bytes`,
      exitCode: EXIT.done,
    };
  } catch (error) {
    await output.drop();
    throw error;
  }
}
