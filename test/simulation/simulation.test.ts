import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGRESSIONS } from './regressions.ts';
import { CRASHES, makeTemplate, type Report, simulate } from './simulate.ts';

/**
 * `SIMULATION_SEEDS=2000` runs more, `SIMULATION_FIRST=7001` other ones. A batch is replayed by
 * running it alone: `SIMULATION_FIRST=<its first seed> SIMULATION_SEEDS=8`.
 */
const COUNT = Number(process.env.SIMULATION_SEEDS ?? 200);
const FIRST = Number(process.env.SIMULATION_FIRST ?? 1);
/** Vaults that share a child: a kill hits each of them at another point of its own work. */
const VAULTS_PER_CHILD = 8;
const CHILDREN_AT_ONCE = 2;
/**
 * The children stand back behind all other tests (see `Child`), so how long they take by the clock of the wall
 * says how busy the machine was. This is only to end a run that hangs.
 */
const HANGING_MS = 3_600_000;

const parent = mkdtempSync(join(tmpdir(), 'countersign-simulation-template-'));
let template: string;
beforeAll(async () => {
  template = await makeTemplate(parent);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

function batches(): number[][] {
  const seeds = Array.from({ length: COUNT }, (_, at) => FIRST + at);
  return Array.from({ length: Math.ceil(COUNT / VAULTS_PER_CHILD) }, (_, at) =>
    seeds.slice(at * VAULTS_PER_CHILD, (at + 1) * VAULTS_PER_CHILD),
  );
}

async function simulateAll(work: readonly (readonly number[])[]): Promise<Report[]> {
  const waiting = [...work];
  const reports: Report[] = [];
  const worker = async () => {
    for (let seeds = waiting.shift(); seeds; seeds = waiting.shift())
      reports.push(await simulate(seeds, template));
  };
  await Promise.all(Array.from({ length: CHILDREN_AT_ONCE }, worker));
  return reports;
}

function total(reports: readonly Report[], of: (report: Report) => number): number {
  return reports.reduce((sum, report) => sum + of(report), 0);
}

describe('the console, killed again and again', () => {
  it(`keeps every law over ${COUNT} seeds`, { timeout: HANGING_MS }, async () => {
    const work = batches();
    const reports = await simulateAll(work);
    expect(reports.flatMap((report) => report.findings)).toEqual([]);
    // A simulation in which nothing was done, checked or killed would pass as well.
    expect(reports.length).toBe(work.length);
    expect(total(reports, (report) => report.crashes)).toBe(work.length * CRASHES);
    expect(total(reports, (report) => report.crashesInside)).toBeGreaterThan(work.length / 2);
    expect(total(reports, (report) => report.operations)).toBeGreaterThan(COUNT * 8);
    expect(total(reports, (report) => report.checks)).toBeGreaterThanOrEqual(COUNT * 2);
    // A tenth of the vaults back up or ship.
    if (COUNT >= 100) expect(total(reports, (report) => report.restores)).toBeGreaterThan(COUNT / 40);
  });

  it.each(REGRESSIONS)('seeds $seeds: $finding', { timeout: HANGING_MS }, async ({ seeds }) => {
    const report = await simulate(seeds, template);
    expect(report.findings).toEqual([]);
  });
});
