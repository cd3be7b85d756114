import { unmaskKinds } from '../../../contract/privacy.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { printable, table } from './output.ts';

const WORDS =
  'privacy is followed by retention, holds, looks, purge --confirm WORDS or unmask KIND ID --reason WHY.';

/** What follows `privacy`: one word, and what it is about. Throws `UsageError`. */
export function checkPrivacyOperands({ operands, reason, confirm }: Arguments): void {
  const [verb = '', ...rest] = operands;
  const needs: Readonly<Record<string, number>> = { retention: 0, holds: 0, looks: 0, purge: 0, unmask: 2 };
  if (!Object.hasOwn(needs, verb) || rest.length !== needs[verb]) throw new UsageError(WORDS);
  if ((verb === 'unmask') !== (reason !== undefined)) throw new UsageError(WORDS);
  if ((verb === 'purge') !== (confirm !== undefined)) throw new UsageError(WORDS);
  if (verb === 'unmask' && !unmaskKinds.some((kind) => kind === rest[0])) {
    throw new UsageError(`KIND is one of ${unmaskKinds.join(', ')}.`);
  }
}

const day = (atMs: number) => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

async function retention(client: Client): Promise<Answer> {
  const lines = await client.privacy.retention();
  const quarters = lines.flatMap(({ id, quarters: own }) => own.map((quarter) => ({ id, ...quarter })));
  const text = table(
    [
      { title: 'class', text: (row) => row.id },
      { title: 'quarter', text: (row) => row.quarter },
      { title: 'values', align: 'right', text: (row) => String(row.values) },
      { title: 'due on', text: (row) => row.dueOn ?? 'never' },
      { title: 'state', text: (row) => row.state },
    ],
    quarters,
  );
  return { json: lines, text, exitCode: EXIT.done };
}

async function holds(client: Client): Promise<Answer> {
  const rows = await client.privacy.holds();
  const text = table(
    [
      { title: 'id', align: 'right', text: (row) => row.id },
      { title: 'on', text: (row) => row.on },
      { title: 'set', text: (row) => day(row.setAtMs) },
      { title: 'by', text: (row) => row.setBy },
      { title: 'state', text: (row) => (row.released === null ? 'standing' : 'released') },
      { title: 'reason', text: (row) => row.reason ?? 'erased' },
    ],
    rows,
  );
  return { json: rows, text: rows.length === 0 ? 'No holds.' : text, exitCode: EXIT.done };
}

async function looks(client: Client): Promise<Answer> {
  const { rows } = await client.privacy.looks({ limit: 500 });
  const text = table(
    [
      { title: 'at', text: (row) => day(row.atMs) },
      { title: 'by', text: (row) => row.by },
      { title: 'what', text: (row) => `${row.kind} ${row.thingId}` },
      { title: 'why', text: (row) => row.reason ?? 'erased' },
    ],
    rows,
  );
  return { json: rows, text: rows.length === 0 ? 'Nobody looked.' : text, exitCode: EXIT.done };
}

/** `countersign privacy …`. Parties are looked for and erased on screen, so that no name stands on a command line. */
export async function privacyCommand(client: Client, args: Arguments): Promise<Answer> {
  const [verb, what, id] = args.operands;
  if (verb === 'retention') return retention(client);
  if (verb === 'holds') return holds(client);
  if (verb === 'looks') return looks(client);
  if (verb === 'purge') {
    const done = await client.privacy.purge({ confirm: args.confirm! });
    const text = `${done.purged.length} purged, ${done.held.length} held`;
    return { json: done, text, exitCode: EXIT.done };
  }
  const kind = unmaskKinds.find((one) => one === what)!;
  const shown = await client.privacy.unmask({ kind, id: id!, reason: args.reason! });
  const text = shown.values.map(({ path, value }) => `${path.join('.')}  ${printable(value)}`).join('\n');
  return { json: shown, text, exitCode: EXIT.done };
}
