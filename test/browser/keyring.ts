/** A vault whose keys have a past: made more than a year ago, rotated since, and left alone of late. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemRuntime } from '../../src/main/base/index.ts';
import type { Client } from '../../src/main/doors/shared/client.ts';
import { createEngineHost } from '../../src/main/engine/index.ts';
import { connectTo, type Person, personWith, staffOf } from '../support/people.ts';

const DAY = 86_400_000;
export const KEY_VAULT = 'Key desk';
export const KEY_PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';

function customers(count: number, prefix: string): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, '0');
    return `${prefix}${number},Muster ${prefix}${number} GmbH,DE,,Muster ${prefix}${number}`;
  });
  return `customer_id,name,country,ibans,aliases\n${rows.join('\n')}\n`;
}

async function take(client: Client, fileName: string, text: string): Promise<void> {
  const { uploadId } = await client.intake.begin({ fileName, sizeBytes: text.length });
  await client.intake.write({ uploadId, offset: 0, bytes: new Blob([text]) });
  const { outcome } = await client.intake.finish({ uploadId });
  if (outcome !== 'imported') throw new Error(`${fileName} became ${outcome}`);
}

async function untilStill(client: Client): Promise<void> {
  for (;;) {
    const open = (await client.keys.rotations()).filter(({ endedAtMs }) => endedAtMs === null);
    if (open.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/**
 * Makes the vault in a data folder. By the clock of this machine its KEK and its signing key are
 * due, one data key version is compromised, and one rotation is paused with `customers` values.
 * Answers its two officers.
 */
export async function makeKeyVault(dataFolder: string, many = 400): Promise<[Person, Person]> {
  const folder = join(dataFolder, 'countersign', 'vaults');
  mkdirSync(folder, { recursive: true });
  let backMs = 400 * DAY;
  const runtime = {
    ...systemRuntime,
    nowMs: () => systemRuntime.nowMs() - backMs,
    advance(byMs: number) {
      backMs -= byMs;
    },
  };
  // With the stretch that holds outside tests: the browser's engine opens these slots.
  const host = createEngineHost({ dataFolder: folder, version: 'test', runtime });
  const connect = connectTo(host);
  await (await connect()).client.vault.create({ name: KEY_VAULT, passphrase: KEY_PASSPHRASE });
  const { client, officers } = await staffOf(connect, runtime);
  await take(client, 'customers.csv', customers(many, 'A'));
  backMs = 300 * DAY;
  await client.keys.runDue();
  await untilStill(client);
  await take(client, 'customers.csv', customers(60, 'B'));
  backMs = 200 * DAY;
  await client.keys.runDue();
  await untilStill(client);
  const { rows } = await client.keys.list({ type: 'DEK', purpose: 'customer_pii', state: 'active' });
  await client.keys.markCompromised({ keyId: rows[0]!.id, reason: 'A drill.' });
  await untilStill(client);
  backMs = 60 * DAY;
  await client.keys.runDue();
  await untilStill(client);
  backMs = 40 * DAY;
  const { rotations } = await client.keys.rotate({ purpose: 'customer_pii' });
  await client.keys.pauseRotation({ rotationId: rotations[0]!.id });
  await host.close();
  return [personWith(officers[0]), personWith(officers[1])];
}
