import { parentPort, workerData } from 'node:worker_threads';
import { type VerifyRequest, type VerifyWord, verifyNow } from './verify-log.ts';

const say = (word: VerifyWord) => parentPort?.postMessage(word);

say(verifyNow(workerData as VerifyRequest, undefined, (done, total) => say({ done, total })));
