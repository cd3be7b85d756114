import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillResult } from '../../contract/backup.ts';
import type { Audit } from '../audit/index.ts';
import { isCountersignError, type Runtime } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import { openSource, type Plan, planRestore } from './chain.ts';
import { readVaultHeader } from './log-reader.ts';
import { type CheckBooks, makeDraft, rebuild, requireAuthentic, type Watching } from './restore.ts';

export interface DrillParts {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly runtime: Runtime;
  /** Backups that may be there: the folder changes are shipped to, and files, newest first. */
  candidates(): { shippedFolder: string | undefined; files: readonly string[] };
  readonly checkBooks?: CheckBooks;
}

export interface Drilled {
  readonly result: DrillResult;
  readonly sizeBytes: number;
}

interface Candidate {
  readonly path: string;
  readonly kind: 'file' | 'shipped';
  readonly plan: Plan;
}

const endOf = ({ base, segments }: Plan) => (segments.at(-1) ?? base).manifest;

/**
 * Restores the backup that holds most into a folder beside the vault, verifies and measures it, and
 * removes it, whatever happens. The copy is as encrypted as the vault. Where there is no backup that
 * the present keys open, `makeOne` makes one first.
 */
export async function drill(
  parts: DrillParts,
  makeOne: () => Promise<string>,
  watching: Watching,
): Promise<Drilled> {
  const { vault, runtime, checkBooks } = parts;
  const startedMs = runtime.monotonicMs();
  const latest = latestOf(parts) ?? candidateAt(await makeOne(), 'file', vault)!;
  const end = endOf(latest.plan);
  const recoveryPointSeconds = lostSeconds(parts, end.record);
  const draft = makeDraft(vault.directory, runtime);
  try {
    const restoringMs = runtime.monotonicMs();
    requireAuthentic(latest.plan, vault.wrappingKey);
    const key = { ...vault.readerKey(), path: join(draft, 'vault.db') };
    const { checks } = await rebuild(latest.plan, key, {
      runtime,
      ...watching,
      ...(checkBooks ? { checkBooks } : {}),
    });
    const nowMs = runtime.monotonicMs();
    const { base, segments } = latest.plan;
    return {
      result: {
        verified: checks.every((check) => check.ok),
        source: latest.path,
        kind: latest.kind,
        record: BigInt(end.record),
        recoveryPointSeconds,
        recoveryTimeSeconds: seconds(nowMs - restoringMs),
        seconds: seconds(nowMs - startedMs),
        checks: checks.map((check) => ({ ...check })),
      },
      sizeBytes: [base, ...segments].reduce((sum, one) => sum + one.sizeBytes, 0),
    };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const seconds = (ms: number) => Math.round(ms) / 1000;

function latestOf({ vault, candidates }: DrillParts): Candidate | undefined {
  const { shippedFolder, files } = candidates();
  const found = [
    ...(shippedFolder === undefined ? [] : [candidateAt(shippedFolder, 'shipped', vault)]),
    ...files.map((path) => candidateAt(path, 'file', vault)),
  ].filter((one) => one !== undefined);
  return found.sort((a, b) => endOf(b.plan).record - endOf(a.plan).record)[0];
}

/**
 * What lies at a path, where it is a backup under the keys the vault has now. One that does not read
 * is what a drill is to find, so its error goes up; one that is gone or of older keys is passed over.
 */
function candidateAt(path: string, kind: Candidate['kind'], vault: Vault): Candidate | undefined {
  try {
    const plan = planRestore(openSource(path), undefined);
    const end = endOf(plan);
    if (end.vaultId !== vault.vaultId) return undefined;
    // Under older keys nothing of it opens; under the present ones a MAC that does not fit is damage.
    const { generation } = readVaultHeader(vault.directory);
    return end.generation === generation || isUnder(plan, vault) ? { path, kind, plan } : undefined;
  } catch (error) {
    if (isCountersignError(error, 'BACKUP_MISSING')) return undefined;
    throw error;
  }
}

function isUnder(plan: Plan, vault: Vault): boolean {
  try {
    requireAuthentic(plan, vault.wrappingKey);
    return true;
  } catch {
    return false;
  }
}

/** Seconds since the first record that the backup lacks: work that would be lost now. */
function lostSeconds({ audit, runtime }: DrillParts, record: number): number {
  if (audit.lastSeq() <= BigInt(record)) return 0;
  const { recordedAtMs } = audit.get(BigInt(record) + 1n).record;
  return Math.max(0, (runtime.nowMs() - recordedAtMs) / 1000);
}
