import { parentPort, workerData } from 'node:worker_threads';
import { newestChain, ownFolder } from './chain.ts';
import { backupFileError } from './file-errors.ts';
import { Follower } from './follower.ts';
import type { ShipAnswer, ShipCall, ShipperData } from './shipper.ts';
import { crossed } from './work.ts';

/** Frames after which changes travel at once instead of when their time has come. */
const MANY_FRAMES = 2_000;
/** Changes travel at least this often while a base is being written. */
const BETWEEN_MS = 15_000;

const { key, folder, macKey, shipEveryMs } = workerData as ShipperData;
let nowMs = 0;
let shippedAtMs = Number.NEGATIVE_INFINITY;
let betweenAt = 0;
let resumed = false;

const follower = new Follower({
  key,
  folder,
  macKey,
  nowMs: () => nowMs,
  between() {
    if (performance.now() - betweenAt < BETWEEN_MS) return;
    betweenAt = performance.now();
    follower.shipBetween();
  },
});

function ship(): ShipAnswer {
  betweenAt = performance.now();
  // Once: a chain that this thread gave up later has a gap behind it.
  if (!resumed) follower.resume(newestChain(ownFolder(folder, key.vaultId)));
  resumed = true;
  const { record } = follower.ship();
  shippedAtMs = nowMs;
  return { shipped: { record, atMs: nowMs } };
}

function answer(call: ShipCall): ShipAnswer {
  nowMs = call.nowMs;
  try {
    const due = call.do !== 'look' || nowMs - shippedAtMs >= shipEveryMs || nowMs < shippedAtMs;
    const answered: ShipAnswer = due || follower.behind() > MANY_FRAMES ? ship() : { idle: true };
    if (call.do !== 'end') return answered;
    return { ended: follower.standing() ?? null, ...answered };
  } catch (error) {
    follower.failed();
    return { failed: crossed(backupFileError(error)), ...(call.do === 'end' ? { ended: null } : {}) };
  }
}

parentPort?.on('message', (call: ShipCall) => {
  const answered = answer(call);
  if (call.do === 'end') follower.close();
  parentPort?.postMessage(answered);
  if (call.do === 'end') parentPort?.close();
});
