/** An engine on a vault of its own, as the sections drive it: through the contract, in this process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../src/main/doors/shared/client.ts';
import { createEngineHost, type EngineHost } from '../src/main/engine/index.ts';
import { injectedClient } from '../test/support/people.ts';

export const BENCH_PASSPHRASE = 'a bench passphrase of no worth';

export interface BenchEngine {
  readonly host: EngineHost;
  readonly client: Client;
  readonly folder: string;
  readonly directory: string;
}

function startHost(folder: string): { host: EngineHost; client: Client } {
  const host = createEngineHost({ version: '0.0.0-bench', dataFolder: folder });
  return { host, client: injectedClient(host) };
}

/** Runs `work` on a new vault and removes it afterwards. */
export async function withEngine<T>(work: (engine: BenchEngine) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const { host, client } = startHost(folder);
  try {
    const { status } = await client.vault.create({ name: 'bench', passphrase: BENCH_PASSPHRASE });
    return await work({ host, client, folder, directory: status.directory! });
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Streams chunks into the engine as one file. Throws where it is not taken in. */
export async function importChunks(
  client: Client,
  fileName: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<number> {
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: null });
  let offset = 0;
  for await (const chunk of chunks) {
    await client.intake.write({ uploadId, offset, bytes: new Blob([new Uint8Array(chunk)]) });
    offset += chunk.length;
  }
  const result = await client.intake.finish({ uploadId });
  if (result.outcome !== 'imported') throw new Error(`${fileName} was ${result.outcome}: ${result.code}`);
  return result.transactions;
}
