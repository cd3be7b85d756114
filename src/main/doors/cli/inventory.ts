import type { InventoryAlgorithm } from '../../../contract/inventory.ts';
import type { Client } from '../shared/client.ts';
import type { Arguments } from './arguments.ts';
import type { Answer } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { printable, table } from './output.ts';
import { createNewFile } from './seal-file.ts';

/** `countersign inventory`: every algorithm in use, or the same as a CycloneDX document. */
export async function inventoryCommand(client: Client, args: Arguments): Promise<Answer> {
  if (args.cbom !== undefined) return writeCbom(client, args.cbom);
  const inventory = await client.inventory.get();
  const exitCode = inventory.findings.length === 0 ? EXIT.done : EXIT.notVerified;
  return { json: inventory, text: textOf(inventory.algorithms, inventory.findings), exitCode };
}

async function writeCbom(client: Client, path: string): Promise<Answer> {
  const text = await client.inventory.cbom();
  const components = (JSON.parse(text) as { components: unknown[] }).components.length;
  // On standard output the document is all there is, with --json or without.
  if (path === '-') return { json: JSON.parse(text), text: text.trimEnd(), exitCode: EXIT.done };
  const file = await createNewFile(path);
  await file.write(new Blob([text]));
  await file.keep();
  return {
    json: { out: path, components },
    text: `${printable(path)}: ${components} components`,
    exitCode: EXIT.done,
  };
}

function textOf(algorithms: readonly InventoryAlgorithm[], findings: readonly string[]): string {
  const rows = algorithms.flatMap((algorithm) =>
    algorithm.uses.length === 0
      ? [{ algorithm, where: roleText(algorithm), key: '', keys: '' }]
      : algorithm.uses.map((use) => ({
          algorithm,
          where: use.where,
          key: use.key,
          keys: use.keys.map(({ state, count }) => `${count} ${state}`).join(', '),
        })),
  );
  const text = table<(typeof rows)[number]>(
    [
      { title: 'algorithm', text: (row) => row.algorithm.name },
      { title: 'where', text: (row) => row.where },
      { title: 'key', text: (row) => row.key },
      { title: 'keys', text: (row) => row.keys },
      { title: 'years', align: 'right', text: (row) => String(row.algorithm.horizonYears) },
      { title: 'quantum-safe', text: (row) => (row.algorithm.quantumSafe ? 'yes' : 'no') },
    ],
    rows,
  );
  return [text, ...findings.map((finding) => `finding: ${printable(finding)}`)].join('\n');
}

function roleText({ role, partOf }: InventoryAlgorithm): string {
  return role === 'in-hybrid' ? `inside ${partOf.join(', ')}` : 'not used now; a profile may ask for it';
}
