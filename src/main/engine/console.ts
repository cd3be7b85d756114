import type { Approvals, CardDesk, Packets, RunCommand } from '../approvals/index.ts';
import {
  type Audit,
  type AuditEntry,
  createAudit,
  createEpoch,
  type Epoch,
  type TimedVerification,
  type Transparency,
} from '../audit/index.ts';
import { type Backup, createBackup } from '../backup/index.ts';
import type { FindText, Logger, Metrics, Runtime, SpawnHost } from '../base/index.ts';
import { type Breaks, createWriteOffReader } from '../breaks/index.ts';
import type { Ceremonies } from '../ceremonies/index.ts';
import { type Compliance, createCompliance } from '../compliance/index.ts';
import type { Connectors } from '../connectors/index.ts';
import { createDashboard, type Dashboard } from '../dashboard/index.ts';
import { createHeartbeat, type Heartbeat } from '../heartbeat/index.ts';
import { type Cards, createHsm, type Hsm } from '../hsm/index.ts';
import { createIncidents, type Incidents, type Notifier } from '../incidents/index.ts';
import { createPaymentBook, createSingleMessages, type Instant } from '../instant/index.ts';
import { createImportFiles, createIntake, type Intake } from '../intake/index.ts';
import type { Calendar, Feed, Jobs } from '../jobs/index.ts';
import type { Keys } from '../keys/index.ts';
import { createLedger, type Ledger } from '../ledger/index.ts';
import {
  createOperators,
  createSessions,
  type Operators,
  type Sessions,
  type Stretch,
} from '../operators/index.ts';
import { createPolicies, type Policies } from '../policies/index.ts';
import type { Privacy } from '../privacy/index.ts';
import { createReceivables, type Receivables } from '../receivables/index.ts';
import {
  createMatchStatusReader,
  createReconciliation,
  type Reconciliation,
} from '../reconciliation/index.ts';
import { createReplay, type Replay } from '../replay/index.ts';
import { createRules, type Rules, type RulesDesk } from '../rules/index.ts';
import { createSealing, type Sealing } from '../sealing/index.ts';
import { createSearch, type Search } from '../search/index.ts';
import { createStatements, type Statements } from '../statements/index.ts';
import type { Vault } from '../vault/index.ts';
import { createViews, type Views } from '../views/index.ts';
import { createActs } from './acts/index.ts';
import { type RequestsHolder, wireApprovals } from './approvals.ts';
import { keepSweeping, wireBreaks } from './breaks.ts';
import { type CardSettings, cardReading } from './cards.ts';
import { wireCeremonies } from './ceremonies.ts';
import { wireConnectors } from './connectors.ts';
import { dashboardSources } from './dashboard-sources.ts';
import { every } from './every.ts';
import { overdueTask, wireInstant } from './instant.ts';
import { wireKeys } from './keys.ts';
import { policySources } from './policy-sources.ts';
import { wirePrivacy } from './privacy.ts';
import { booksChecker, weeklyDrill } from './restore-vault.ts';
import { wireRules } from './rules.ts';
import { scheduledVerification } from './scheduled-verification.ts';
import { findText, searchSources } from './search-sources.ts';
import { settleSlots } from './slots.ts';
import { wireTransparency } from './transparency.ts';
import { createVerifier, type FileVerification, type Verification, type Verifier } from './verifier.ts';
import { refreshOnChange, startWatch } from './watching.ts';

/** Pending entries are looked through for expired ones this often. */
const SWEEP_EVERY_MS = 60_000;

export interface ConsoleOptions {
  readonly vault: Vault;
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly jobs: Jobs;
  readonly feed: Feed;
  readonly notifier?: Notifier | undefined;
  /** Where notices of key rotations are posted to, on this machine alone. */
  readonly noticeWebhook?: string | undefined;
  /** How a process of its own is started, as the door can. */
  readonly spawnHost?: SpawnHost | undefined;
  /** How this workstation reads operators' cards. */
  readonly card?: CardSettings | undefined;
  /** Who is signed in where; it outlives the rooms, which a rekey wires anew. */
  readonly sessions?: Sessions;
  /** How a stored command is run, through the pipeline of every door. */
  readonly runCommand?: RunCommand;
  /** Whether connectors start with the vault. */
  readonly connects?: boolean | undefined;
  /** A stand-in for Argon2id over operators' passphrases, in tests. */
  readonly operatorStretch?: Stretch | undefined;
}

/** All rooms of one open vault, wired. */
export interface Console {
  readonly vault: Vault;
  readonly jobs: Jobs;
  readonly sealing: Sealing;
  readonly audit: Audit;
  /** Signed heads of the log, receipts, witnessing. */
  readonly transparency: Transparency;
  readonly incidents: Incidents;
  readonly heartbeat: Heartbeat;
  readonly backup: Backup;
  readonly compliance: Compliance;
  readonly operators: Operators;
  readonly policies: Policies;
  readonly approvals: Approvals;
  readonly packets: Packets;
  readonly cards: CardDesk;
  readonly keys: Keys;
  readonly privacy: Privacy;
  readonly calendar: Calendar;
  readonly hsm: Hsm;
  readonly ceremonies: Ceremonies;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly receivables: Receivables;
  readonly reconciliation: Reconciliation;
  readonly instant: Instant;
  readonly rules: Rules;
  /** The rules with their dry runs, and what they did. */
  readonly rulesDesk: RulesDesk;
  readonly breaks: Breaks;
  readonly intake: Intake;
  /** Single messages, and where they come from. */
  readonly connectors: Connectors;
  readonly search: Search;
  readonly findText: FindText;
  readonly dashboard: Dashboard;
  readonly views: Views;
  /** Books and log, all law checks, as a job. */
  verify(): Promise<Verification>;
  /** The audit log alone, as a job. */
  verifyLog(): Promise<TimedVerification>;
  /** The epoch that a restore begins, which two people sign before anything else is done. */
  readonly epoch: Epoch;
  /** The state at a record, rebuilt, as a job. */
  readonly replay: Replay;
  /** Header and pages of the file, reported to the heartbeat. */
  verifyFile(): Promise<FileVerification>;
  healthChecks(): { name: string; ok: boolean; message: string }[];
  close(): Promise<void>;
}

/** Wires the rooms of a vault, cleans up what a crash left, and starts what runs beside the desks. */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const { vault, runtime, log, jobs, feed } = options;
  const wired = wireRooms(options);
  const rooms = { ...wired, ...wireApprovals(options, wired, () => acts) };
  // First of all: a change of the key slots that is not in the log yet.
  settleSlots(vault, rooms);
  rooms.policies.adopt();
  rooms.compliance.recover();
  const { discarded } = await rooms.intake.recover();
  if (discarded > 0) log.warn('intake.recovered', { discarded });
  rooms.ledger.expirePending();
  rooms.instant.start();
  const verifier: Verifier = createVerifier({ ...rooms, vault, jobs, feed, runtime });
  const search = createSearch({ sources: searchSources(rooms), runtime, log });
  const refreshing = refreshOnChange(search, feed, log);
  const stopSweeping = every(runtime, SWEEP_EVERY_MS, () => {
    if (rooms.ledger.expirePending() > 0) feed.changed('ledger', 'audit');
  });
  const sweeping = keepSweeping(options, rooms.breaks);
  const stopWatching = startWatch(options, rooms);
  const { sealing, audit, incidents, heartbeat } = rooms;
  const hsm = createHsm({
    ...{ vault, sealing, audit, runtime, log, feed, jobs, raise: incidents.raise, beat: heartbeat.beat },
    spawnHost: options.spawnHost,
    cardReading: cardReading(vault, options.card),
  });
  rooms.smartCards.now = hsm.cards;
  let privacy: Privacy | undefined;
  const { keys, calendar } = wireKeys(options, rooms, () => privacy);
  const acts = createActs({ ...rooms, vault, keys, hsm, privacy: () => privacy! });
  privacy = wirePrivacy(options, rooms, keys, search);
  const dashboard = createDashboard(
    dashboardSources({ ...rooms, keys, lastVerified: () => verifier.last() }),
  );
  for (const entry of [
    ...scheduledVerification(verifier, jobs),
    weeklyDrill(rooms.backup),
    privacy.monthly,
    overdueTask(rooms.instant, feed),
  ]) {
    calendar.register(entry);
  }
  const { transparency, signLastHead } = wireTransparency(options, rooms, keys, calendar);
  const epoch = createEpoch({ vault, audit: rooms.audit, isPerson: personIn(rooms.operators) });
  const connectors = wireConnectors({ options, rooms, epoch });
  if (options.connects) await connectors.startAll();
  return {
    ...rooms,
    vault,
    jobs,
    keys,
    privacy,
    transparency,
    calendar,
    hsm,
    ceremonies: wireCeremonies(options, rooms, hsm),
    dashboard,
    views: createViews({ vault, sealing, audit }),
    search,
    findText: findText(search, rooms),
    verify: () => verifier.run(),
    verifyLog: () => verifier.runLog(),
    epoch,
    connectors,
    replay: createReplay({ vault, jobs, runtime, lastSeq: () => rooms.audit.lastSeq() }),
    verifyFile: () => verifier.runFile(),
    healthChecks: () => verifier.healthChecks(),
    close: async () => {
      await connectors.close();
      stopSweeping();
      stopWatching();
      refreshing.abort();
      await sweeping.stop();
      await rooms.approvals.idle();
      await rooms.instant.close();
      // What the calendar runs may be a job, which ends when the jobs are settled.
      const calendarEnds = calendar.close();
      await keys.close();
      await hsm.close();
      await jobs.settle();
      await calendarEnds;
      signLastHead();
      await search.close();
      // Ships what is left, and marks the folder where nothing was written behind that.
      await rooms.backup.close(() => vault.close());
    },
  };
}

function wireRooms(options: ConsoleOptions) {
  const { vault, runtime, log, metrics, jobs, feed, notifier } = options;
  const { sessions = createSessions(runtime) } = options;
  const sealing = createSealing(vault, runtime, { metrics });
  /** Requests hear of every record, and count against limits; they stand on the policies and come later. */
  const requests: RequestsHolder = {};
  /** Cards are read by the HSM, which comes after the operators. */
  const smartCards: { now?: Cards } = {};
  const onRecord = (entry: AuditEntry, seq: bigint) => requests.now?.recorded(entry, seq);
  const audit = createAudit(vault, sealing, runtime, { metrics, onRecord });
  const incidents = createIncidents({
    ...{ vault, sealing, audit, feed, runtime, log, notifier },
    // The operators stand beside the incidents they raise, and are known by the time anybody asks.
    isPerson: (actor) => personIn(operators)(actor.replace(/^operator-/, '')),
  });
  const heartbeat = createHeartbeat({ vault, jobs, feed, runtime, raise: incidents.raise });
  const backup = createBackup({
    vault,
    audit,
    runtime,
    jobs,
    feed,
    log,
    beat: heartbeat.beat,
    raise: incidents.raise,
    checkBooks: booksChecker(runtime),
  });
  const compliance = createCompliance({ vault, sealing, audit, runtime });
  const operators = createOperators({
    ...{ vault, sealing, audit, runtime, sessions },
    raiseIncident: incidents.raise,
    cards: () => smartCards.now,
    ...(options.operatorStretch === undefined ? {} : { stretch: options.operatorStretch }),
  });
  const policies = createPolicies({
    ...{ vault, audit, runtime },
    sources: policySources(operators, () => requests.now),
  });
  const ledger = createLedger({ vault, audit, runtime, metrics });
  const statements = createStatements({
    vault,
    sealing,
    ledger,
    runtime,
    files: createImportFiles({ vault, sealing }),
    singleMessage: createSingleMessages({ vault, sealing }),
    // Statements stands below reconciliation and is handed what it needs of it.
    matchStatus: createMatchStatusReader(vault.db),
  });
  const receivables = createReceivables({ vault, sealing, ledger, runtime });
  const book = createPaymentBook({ vault, sealing, statements });
  const rules = createRules({ vault, sealing, audit, runtime, ledger, statements, receivables });
  const matching = createReconciliation({
    vault,
    sealing,
    audit,
    ledger,
    statements,
    receivables,
    runtime,
    metrics,
    payments: book,
    rules: rules.desk,
    // A line whose money was written off pays nothing until that is taken back.
    isWrittenOff: createWriteOffReader(vault.db),
  });
  const reconciliation: Reconciliation = { ...matching, run: runAsJob(matching, jobs, feed) };
  const instant = wireInstant(options, { sealing, ledger, statements, reconciliation, book, incidents });
  ledger.addCheck(async () => ({
    name: 'bank accounts equal statements',
    ...(await statements.verifyBank()),
  }));
  ledger.addCheck(async () => ({
    name: 'open items equal settlements',
    ...(await receivables.verifyItems()),
  }));
  const desks = { sealing, audit, ledger, statements, compliance, operators, instant };
  const breaks = wireBreaks(options, desks);
  const intake = createIntake({
    vault,
    sealing,
    audit,
    runtime,
    statements,
    receivables,
    jobs,
    feed,
    log,
    metrics,
    openCells: compliance.openCells,
    onImported: async () => {
      await instant.follow();
      feed.changed(...MATCHING_MOVES);
    },
  });
  return {
    sealing,
    audit,
    incidents,
    heartbeat,
    backup,
    compliance,
    operators,
    sessions,
    smartCards,
    policies,
    requests,
    ledger,
    statements,
    receivables,
    reconciliation,
    instant,
    rules,
    rulesDesk: wireRules(options, { rules, reconciliation, statements }),
    breaks,
    intake,
  };
}

/** Whether an operator is a person who is still with us: programs sign nothing. */
const personIn = (operators: Operators) => (id: string) =>
  operators.list().some((each) => each.id === id && each.kind === 'person' && each.state === 'active');

/** Whose screens matching moves, and the lines of a statement that confirm payments. */
const MATCHING_MOVES: readonly string[] = [
  'reconciliation',
  'instant',
  'statements',
  'receivables',
  'ledger',
  'audit',
  'dashboard',
];

/** Matching as long work: watched, and cancelled between two batches. */
function runAsJob(matching: Reconciliation, jobs: Jobs, feed: Feed): Reconciliation['run'] {
  return (caller, options) =>
    jobs.run({ kind: 'reconciliation.run', label: 'Matching', cancellable: true }, async (job) => {
      const signal = options?.signal ? AbortSignal.any([options.signal, job.signal]) : job.signal;
      try {
        return await matching.run(caller, {
          ...options,
          signal,
          onProgress: (progress) => job.report(progress),
        });
      } finally {
        feed.changed(...MATCHING_MOVES);
      }
    });
}
