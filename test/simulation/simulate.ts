import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type Random } from '../../build/sample-data/random.ts';
import { systemRuntime } from '../../src/main/base/index.ts';
import { createVault } from '../../src/main/vault/index.ts';
import { Child, ChildGone } from './driver.ts';
import { breaches, differences } from './laws.ts';
import { Model } from './model.ts';
import { isLong, type Operation, planOf, twinOperations } from './plan.ts';
import type { ChildClock, CrashPoint } from './protocol.ts';
import { SIMULATION_ROOT_KEY } from './root-key.ts';
import { isVaultOperation } from './vault-plan.ts';

/** How often a child is killed before the last one may finish. */
export const CRASHES = 2;
/** About how many writes of SQL an operation costs; crash points are drawn below it. */
const WRITES_PER_OPERATION = 32;

export interface Report {
  readonly seeds: readonly number[];
  /** Breaches of laws, each with its seed. */
  readonly findings: string[];
  crashes: number;
  /** Crashes by the switch inside, which hit between two writes of SQL. */
  crashesInside: number;
  operations: number;
  /** Operations that were cut off, by what the reopened vault showed. */
  fates: Record<string, number>;
  checks: number;
  /** Backups that were restored. */
  restores: number;
  /** Vaults that were compared with one that took the same files in another order. */
  twins: number;
}

/** One vault of a batch with its work and what is known of it. */
interface Actor {
  readonly key: number;
  readonly directory: string;
  readonly model: Model;
  readonly random: Random;
  readonly queue: Operation[];
  /** Folder that changes are shipped to, once they are. */
  shipped?: string;
}

/** Makes a vault in `parent` that nothing has happened in; each seed starts from a copy of it. */
export async function makeTemplate(parent: string): Promise<string> {
  const template = join(parent, 'template.vault');
  const { vault } = await createVault({
    directory: template,
    rootKey: SIMULATION_ROOT_KEY,
    runtime: systemRuntime,
    checkpoints: 'commit',
  });
  vault.close();
  return template;
}

/** Keys of twins lie beyond those of the batch. */
const TWIN_KEYS = 1_000;

/** Where a round dies: inside at a write, or undefined for a kill from outside. */
function crashPoint(operations: number, random: Random): CrashPoint | undefined {
  if (random.chance(250)) return undefined;
  const when = random.chance(500) ? 'before' : 'after';
  // A third of the crashes fall on the first writes after opening, where recovery has just ended.
  const most = random.chance(330) ? 40 : Math.max(40, operations * WRITES_PER_OPERATION);
  return { when, count: random.int(1, most) };
}

const HOUR_MS = 3_600_000;

/** Half the children are slow, and each has its own idea of the time. */
function clockOf(random: Random): ChildClock {
  // Now and then so far ahead that keys are due; the next life finds the clock set back again.
  const daysAhead = random.chance(200) ? random.int(60, 400) : 0;
  return { offsetMs: (random.int(-72, 72) + 24 * daysAhead) * HOUR_MS, slow: random.chance(500) };
}

interface CheckOptions {
  readonly when: string;
  /** With `system.verify`, which reads books and log through in workers and is most of a check's cost. */
  readonly verify: boolean;
  /** Whether rotations are waited for, and must have moved everything. */
  readonly atRest?: boolean;
}

async function check(
  actor: Actor,
  child: Child,
  report: Report,
  { when, verify, atRest = false }: CheckOptions,
): Promise<void> {
  const heads = actor.model.heads.map((head) => head.seq);
  const dump = await child.dump(actor.key, { heads, verify, atRest });
  for (const { operation, fate } of actor.model.settle(dump)) {
    const name = `${operation.kind} ${fate}`;
    report.fates[name] = (report.fates[name] ?? 0) + 1;
    // Who got no answer asks again; at times also for what had come through, which must change nothing.
    const again = fate === 'not-applied' || operation.kind === 'match' || actor.random.chance(500);
    const once = operation.kind === 'decide' || (operation.kind === 'evidence' && fate === 'applied');
    if (again && !once) actor.queue.unshift(operation);
  }
  report.checks += 1;
  for (const breach of breaches(actor.model, dump, { atRest })) {
    report.findings.push(`seed ${actor.model.plan.seed}, ${when}: ${breach}`);
  }
}

/** Restores a backup to its last record, where every law must hold as in the vault itself. */
async function restoreWhole(actor: Actor, child: Child, source: string, report: Report): Promise<void> {
  const heads = actor.model.heads.map((head) => head.seq);
  const { record, dump } = await child.restore(actor.key, { source, heads });
  report.restores += 1;
  for (const breach of breaches(actor.model, dump, { atRest: true, upTo: record })) {
    report.findings.push(`seed ${actor.model.plan.seed}, restored: ${breach}`);
  }
}

/** Restores what was shipped to some record: the log up to it is the one that was acknowledged. */
async function restoreSome(actor: Actor, child: Child, source: string, report: Report): Promise<void> {
  const { heads, plan } = actor.model;
  const options = { source, heads: heads.map((head) => head.seq), perMille: actor.random.int(0, 1_000) };
  const { record, dump } = await child.restore(actor.key, options);
  report.restores += 1;
  const say = (text: string) => report.findings.push(`seed ${plan.seed}, restored to ${record}: ${text}`);
  for (const finding of [...dump.findings, ...dump.vault.values, ...dump.vault.heartbeat]) say(finding);
  if (dump.verified !== true) say('it does not verify');
  for (const head of heads) {
    if (head.seq <= record && dump.leaves.get(head.seq) !== head.leaf) say(`record ${head.seq} is another`);
  }
}

/** How `work` goes: how many operations, and whether the long file may be cut off on purpose. */
interface Shift {
  readonly share: number;
  readonly mayCut: boolean;
}

/** One operation from its start to its acknowledgement. */
async function perform(
  actor: Actor,
  child: Child,
  operation: Operation,
  cut: boolean,
  report: Report,
): Promise<void> {
  const id = child.takeId();
  actor.model.start(id, operation);
  const file = 'file' in operation ? actor.model.plan.files.get(operation.file) : undefined;
  const { outcome, head } = await child.perform(actor.key, id, operation, {
    ...(file ? { bytes: file.bytes } : {}),
    ...(cut ? { crash: { when: 'after', count: actor.random.int(2, 60) } } : {}),
  });
  actor.model.done(id, outcome, head);
  if (!outcome.ok) return;
  if (outcome.value.kind === 'backup') await restoreWhole(actor, child, outcome.value.source, report);
  if (outcome.value.kind === 'shipped') actor.shipped = outcome.value.source;
}

/** A file or a run of matching may be under way while somebody posts or decides. */
function mayRunBeside(operation: Operation, next: Operation | undefined): next is Operation {
  const isLonger = operation.kind === 'import' || operation.kind === 'match';
  if (!isLonger || next === undefined) return false;
  if (next.kind === 'post' || next.kind === 'decide') return true;
  return isVaultOperation(next) && next.kind !== 'backup' && next.kind !== 'ship';
}

async function work(actor: Actor, child: Child, { share, mayCut }: Shift, report: Report): Promise<void> {
  for (let done = 0; done < share; done += 1) {
    const operation = actor.queue.shift();
    if (!operation) return;
    const [next] = actor.queue;
    const beside = mayRunBeside(operation, next) && actor.random.chance(500) ? [next] : [];
    actor.queue.splice(0, beside.length);
    const cut = mayCut && isLong(operation) && actor.random.chance(800);
    await Promise.all(
      [operation, ...beside].map((each) => perform(actor, child, each, cut && each === operation, report)),
    );
    report.operations += 1 + beside.length;
  }
}

/** One life of a child: opened, checked, worked with, and killed at some point. */
async function life(actors: readonly Actor[], round: number, random: Random, report: Report): Promise<void> {
  const shares = actors.map((actor) => Math.ceil(actor.queue.length / (CRASHES + 1 - round)));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const crash = crashPoint(total, random);
  const child = new Child();
  child.onIntent((key, id, decision) =>
    actors.find((actor) => actor.key === key)?.model.intent(id, decision),
  );
  try {
    await child.ready();
    await child.open(actors, clockOf(random), crash);
    const outside = crash ? undefined : setTimeout(() => void child.kill(), random.int(5, 40 * total));
    try {
      await Promise.all(
        actors.map(async (actor, at) => {
          await check(actor, child, report, { when: `in life ${round}`, verify: actor.random.chance(150) });
          await work(actor, child, { share: shares[at]!, mayCut: true }, report);
        }),
      );
    } finally {
      clearTimeout(outside);
    }
    // The point lay beyond this round's work: it dies with everything acknowledged.
    await child.kill();
  } catch (error) {
    if (!(error instanceof ChildGone)) throw error;
    await child.kill();
    if (crash) report.crashesInside += 1;
  }
  report.crashes += 1;
  if (child.fault) report.findings.push(`seeds ${report.seeds.join(', ')}, life ${round}: ${child.fault}`);
}

/** Runs the same files in another order through a fresh vault, and compares what was matched. */
async function compareWithTwin(template: string, actor: Actor, child: Child, report: Report): Promise<void> {
  const { plan } = actor.model;
  const twin: Actor = {
    key: actor.key + TWIN_KEYS,
    directory: `${actor.directory.slice(0, -'.vault'.length)}-twin.vault`,
    model: new Model(plan),
    random: actor.random.stream('twin'),
    queue: twinOperations(plan, actor.random.stream('twin-order')),
  };
  cpSync(template, twin.directory, { recursive: true });
  await child.open([twin], { offsetMs: 0, slow: false });
  await work(twin, child, { share: Number.POSITIVE_INFINITY, mayCut: false }, report);
  const options = { heads: [], verify: false };
  const [here, there] = [await child.dump(actor.key, options), await child.dump(twin.key, options)];
  report.twins += 1;
  for (const breach of differences(here, there))
    report.findings.push(`seed ${plan.seed}, beside its twin: ${breach}`);
}

/** The last life finishes the work unharmed and is checked before and after. */
async function lastLife(template: string, actors: readonly Actor[], report: Report): Promise<void> {
  const child = new Child();
  child.onIntent((key, id, decision) =>
    actors.find((actor) => actor.key === key)?.model.intent(id, decision),
  );
  try {
    await child.ready();
    await child.open(actors, { offsetMs: 0, slow: false });
    await Promise.all(
      actors.map(async (actor) => {
        await check(actor, child, report, { when: 'in the last life', verify: false });
        await work(actor, child, { share: Number.POSITIVE_INFINITY, mayCut: false }, report);
        await check(actor, child, report, { when: 'at the end', verify: true, atRest: true });
        if (actor.shipped !== undefined) {
          await work({ ...actor, queue: [{ kind: 'ship' }] }, child, { share: 1, mayCut: false }, report);
          await restoreSome(actor, child, actor.shipped, report);
        }
        if (!actor.model.plan.withPeople) await compareWithTwin(template, actor, child, report);
      }),
    );
    await child.close();
  } catch (error) {
    await child.kill();
    report.findings.push(`seeds ${report.seeds.join(', ')}, last life: ${child.fault ?? String(error)}`);
  }
}

/** Runs a batch of seeds, each with a vault of its own, all in one child that is killed again and again. */
export async function simulate(seeds: readonly number[], template: string): Promise<Report> {
  const report: Report = {
    seeds,
    findings: [],
    crashes: 0,
    crashesInside: 0,
    operations: 0,
    fates: {},
    checks: 0,
    restores: 0,
    twins: 0,
  };
  const parent = mkdtempSync(join(tmpdir(), 'countersign-simulation-'));
  try {
    const plans = await Promise.all(seeds.map(planOf));
    const actors = plans.map((plan, key): Actor => {
      const { seed } = plan;
      const directory = join(parent, `${seed}.vault`);
      cpSync(template, directory, { recursive: true });
      const random = createRandom(seed, 'actor');
      return { key, directory, model: new Model(plan), random, queue: [...plan.operations] };
    });
    const random = createRandom(seeds[0] ?? 0, 'crashes');
    for (let round = 0; round < CRASHES; round += 1) await life(actors, round, random, report);
    await lastLife(template, actors, report);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
  return report;
}
