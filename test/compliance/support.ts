import type { TransferWork } from '../../src/contract/compliance.ts';
import { isCountersignError } from '../../src/main/base/index.ts';
import { type Compliance, createCompliance } from '../../src/main/compliance/index.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const caller = { actor: 'officer', traceId: 'trace-1' };
export const START_MS = Date.UTC(2026, 10, 21, 9);
export const DAY_MS = 86_400_000;

export interface Bench {
  readonly test: TestVault;
  readonly compliance: Compliance;
  readonly clock: ReturnType<typeof fixedClockRuntime>;
}

export async function openBench(startMs = START_MS, another = false): Promise<Bench> {
  const clock = fixedClockRuntime(startMs);
  const test = await openTestVault({ runtime: clock, another });
  return { test, clock, compliance: roomOn(test) };
}

export const roomOn = ({ vault, sealing, audit, runtime }: TestVault): Compliance =>
  createCompliance({ vault, sealing, audit, runtime });

/** Runs a whole transfer over bytes cut into pieces. */
export async function transfer(
  compliance: Compliance,
  work: TransferWork,
  bytes: Uint8Array,
  pieceBytes = 1_000,
) {
  const { transferId } = compliance.begin(work, caller);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    out.push((await compliance.write(transferId, at, piece)).bytes);
  }
  const { bytes: last, result } = await compliance.finish(transferId);
  return { bytes: Buffer.concat([...out, last]), result };
}

export const sealColumns = async (compliance: Compliance, text: string | Buffer, columns: string[]) =>
  (
    await transfer(
      compliance,
      { kind: 'seal-columns', fileName: 'list.csv', columns },
      Buffer.from(text as string),
    )
  ).bytes;

export const openColumns = async (compliance: Compliance, bytes: Uint8Array) =>
  (await transfer(compliance, { kind: 'open-columns', fileName: 'list.csv' }, bytes)).bytes;

/** Code, line and column of a refusal. */
export async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return 'no error';
  } catch (error) {
    if (!isCountersignError(error)) throw error;
    const { line, path } = error.details;
    return [error.code, line, path].filter((part) => part !== undefined).join(' ');
  }
}
