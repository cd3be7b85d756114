import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRoom, openRoomAt } from './support.ts';

const CHILD = fileURLToPath(new URL('./vote.child.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-votes-'));
const template = join(folder, 'template.vault');
let requestId = '';
let atMs = 0;

beforeAll(async () => {
  const room = await openRoom();
  ({ requestId } = await room.ask('Cleo', room.adjustment(100n)));
  atMs = room.clock.nowMs();
  room.test.vault.close();
  cpSync(room.test.directory, template, { recursive: true });
  room.close();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Agrees in a process that dies after so many writes; answers whether it did. */
function voteAndDie(directory: string, writes: number): boolean {
  const args = ['--no-warnings', CHILD, directory, String(atMs), requestId, String(writes)];
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
  });
  if (child.signal !== 'SIGKILL' && child.status !== 0) throw new Error(child.stderr);
  return child.signal === 'SIGKILL';
}

/** How a request stood when the vault was opened again, and after what was approved has run. */
async function reopened(directory: string): Promise<{ found: string; left: string }> {
  const room = await openRoomAt(directory, atMs + 60_000);
  try {
    const found = room.approvals.get(undefined, requestId).state;
    const before = room.entries();
    await room.approvals.resume();
    const left = room.approvals.get(undefined, requestId).state;
    expect(room.entries() - before).toBe(found === 'approved' ? 1 : 0);
    expect(room.entries()).toBe(left === 'executed' ? 1 : 0);
    // Whatever is asked of it again, it runs no second time.
    await room.approvals.resume();
    expect(room.entries()).toBe(left === 'executed' ? 1 : 0);
    expect((await room.audit.verify()).findings).toEqual([]);
    return { found, left };
  } finally {
    room.close();
  }
}

it('a vote cut off at any write leaves the request pending, or has its command run exactly once', async () => {
  const found = new Set<string>();
  for (let writes = 1; ; writes += 2) {
    const directory = join(folder, `killed-${writes}.vault`);
    cpSync(template, directory, { recursive: true });
    const died = voteAndDie(directory, writes);
    const state = await reopened(directory);
    found.add(state.found);
    expect(state.left, `after ${writes} writes`).toBe(state.found === 'pending' ? 'pending' : 'executed');
    rmSync(directory, { recursive: true, force: true });
    if (!died) break;
    expect(writes).toBeLessThan(120);
  }
  // Before the answer was kept, between answer and run, and after the run.
  expect([...found].sort()).toEqual(['approved', 'executed', 'pending']);
}, 240_000);
