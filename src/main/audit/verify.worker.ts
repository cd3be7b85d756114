import { parentPort, workerData } from 'node:worker_threads';
import { type VerifyRequest, verifyNow } from './verify-log.ts';

parentPort?.postMessage(verifyNow(workerData as VerifyRequest));
