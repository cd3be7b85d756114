import { parentPort, workerData } from 'node:worker_threads';
import type { ReaderKey } from './connection.ts';
import { integrityFindings } from './integrity.ts';

parentPort?.postMessage(integrityFindings(workerData as ReaderKey));
