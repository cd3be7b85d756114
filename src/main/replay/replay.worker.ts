import { parentPort, workerData } from 'node:worker_threads';
import { type ReplayRequest, replayNow } from './replay.ts';
import type { ReplayWord } from './worker.ts';

const say = (word: ReplayWord) => parentPort?.postMessage(word);

say({ answer: replayNow(workerData as ReplayRequest, (stage, done, total) => say({ stage, done, total })) });
