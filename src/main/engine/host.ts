import { resolve } from 'node:path';
import { permissions } from '../../contract/common.ts';
import { contract } from '../../contract/index.ts';
import type { VaultStatus } from '../../contract/vault.ts';
import { createIdMaker, idToText, type Runtime, silentLogger, systemRuntime } from '../base/index.ts';
import { createMetrics } from '../base/metrics.ts';
import type { ApprovalGate, CallContext, Seat, Session } from '../base/procedures.ts';
import { createTokenSlotOpener } from '../hsm/index.ts';
import { createFeed, createJobs, type Feed } from '../jobs/index.ts';
import { requireLoopback } from '../keys/index.ts';
import { CLI_PERMISSIONS, createSessions, UNNAMED_PERMISSIONS } from '../operators/index.ts';
import {
  createVault,
  defaultVaultFolder,
  openVault,
  type Vault,
  type VaultSettings,
  vaultName,
} from '../vault/index.ts';
import { commandRunner } from './approvals.ts';
import { type Console, openConsole } from './console.ts';
import type { EngineHostOptions, HostControl } from './control.ts';
import { DEMO_PASSPHRASE } from './demo.ts';
import { nameDemoPeople } from './demo-people.ts';
import { createRouter, type EngineRouter } from './router.ts';
import { createSessionLock } from './session-lock.ts';
import { rekeying as rekeyingError, rekeyOpenVault, rewraps } from './slots.ts';

/** How somebody got in. */
export type DoorName = 'electron' | 'loopback' | 'cli' | 'socket';

/** The engine of one process: it serves the contract, with a vault open or without. */
export interface EngineHost {
  readonly router: EngineRouter;
  readonly feed: Feed;
  /** What a door passes with every call. One value serves a whole connection. */
  contextFor(door: DoorName): CallContext;
  status(): VaultStatus;
  close(): Promise<void>;
}

/** Creates the engine with no vault open. Throws `KEY_WEBHOOK_REFUSED` for a webhook elsewhere. */
export function createEngineHost(options: EngineHostOptions): EngineHost {
  const { noticeWebhook, notifier } = options;
  // Refused before anything is opened or made: a new vault's recovery key is shown only once.
  if (noticeWebhook !== undefined) requireLoopback(noticeWebhook);
  const runtime = options.runtime ?? systemRuntime;
  const log = options.log ?? silentLogger;
  const metrics = createMetrics();
  const feed = createFeed();
  const jobs = createJobs({ runtime, feed, metrics });
  const newId = createIdMaker(runtime);
  const settings: VaultSettings = {
    runtime,
    rewraps,
    publicPassphrase: DEMO_PASSPHRASE,
    ...slotOpenerOf(options, runtime),
  };
  let console: Console | undefined;
  /** Set while the vault is closed for a moment to be given new keys: to everybody else it is open. */
  let rekeying: VaultStatus | undefined;
  /** Whether operators were named in the vault that is being given new keys. */
  let namedBefore = false;
  /** Opening and locking wait for each other, so that two windows never open one vault twice. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };

  const sessions = createSessions(runtime);
  const sessionLock = createSessionLock({
    feed,
    vault: () => console?.vault,
    operators: () => console?.operators,
  });
  /** Whatever was signed in or locked belonged to the vault that was open. */
  const forgetPeople = () => {
    sessionLock.reset();
    sessions.clear();
  };
  const lockNow = async () => {
    const closing = console;
    console = undefined;
    if (!closing) return;
    feed.publish({ type: 'locked' });
    await closing.close();
  };
  const enter = async (vault: Vault) => {
    await lockNow();
    let opened: Console | undefined;
    try {
      opened = await openConsole({
        ...{ vault, runtime, log, metrics, jobs, feed, sessions },
        ...{
          notifier,
          noticeWebhook,
          spawnHost: options.spawnHost,
          card: options.card,
          connects: options.connects,
          operatorStretch: options.stretchOfOperatorsInTests,
        },
        runCommand: commandRunner(() => router),
      });
      // The demo is never without people, also one that an earlier version has made.
      await nameDemoPeople(opened, { actor: 'system', traceId: idToText(newId()) });
    } catch (error) {
      if (opened) await opened.close();
      else vault.close();
      throw error;
    }
    console = opened;
    feed.changed('vault');
    // What was approved before a crash runs now; nobody waits for it.
    console.approvals.resume().catch((error: unknown) => {
      log.error('approvals.resume-failed', { name: error instanceof Error ? error.name : typeof error });
    });
  };

  const control: HostControl = {
    options,
    dataFolder: options.dataFolder ?? defaultVaultFolder(),
    runtime,
    log,
    metrics,
    jobs,
    feed,
    startedAtMs: runtime.nowMs(),
    current: () => {
      if (rekeying) throw rekeyingError();
      return console;
    },
    status: () => rekeying ?? statusOf(console, sessionLock.locked),
    sessionLock,
    touch: (seat) => console?.operators.touch(seat),
    create: (directory, passphrase, demo) =>
      inTurn(async () => {
        const { vault, recoveryKey } = await createVault({ ...settings, directory, passphrase });
        if (demo) vault.transaction(() => vault.setMeta('demo', 'true'));
        forgetPeople();
        await enter(vault);
        return recoveryKey;
      }),
    open: (directory, secret) =>
      inTurn(async () => {
        if (console && resolve(console.vault.directory) === resolve(directory)) await lockNow();
        const vault = await (options.openVault ?? openVault)({ ...settings, directory, ...secret });
        forgetPeople();
        await enter(vault);
      }),
    lock: () =>
      inTurn(async () => {
        forgetPeople();
        await lockNow();
      }),
    inTurn,
    rekey: (request) =>
      inTurn(() =>
        rekeyOpenVault(request, {
          jobs,
          settings,
          vault: console?.vault,
          leave: async () => {
            rekeying = { ...statusOf(console, sessionLock.locked), rekeying: true };
            namedBefore = console?.operators.named() ?? false;
            const closing = console;
            console = undefined;
            await closing?.close();
          },
          enter,
          settled: () => {
            rekeying = undefined;
            if (console) feed.changed(...Object.keys(contract));
            else feed.publish({ type: 'locked' });
          },
        }),
      ),
  };

  /** What a connection may do at this moment. */
  const sessionOf = (seat: Seat): Session | null => {
    const session = sessionBefore(seat);
    return session && console && !console.epoch.state().signed ? awaitingEpoch(session) : session;
  };

  /** The same, whatever epoch the log is in. */
  const sessionBefore = (seat: Seat): Session | null => {
    if (seat.isWindow && sessionLock.locked) return null;
    if (console?.operators.named()) return console.operators.sessionOf(seat);
    // During a rekey every call is told to wait, and who is not signed in learns not even that.
    if (!console && !rekeying) return null;
    if (rekeying && namedBefore && seat.isWindow && !sessions.get(seat)) return null;
    if (rekeying) return WAITING;
    return seat.isWindow ? UNNAMED : CLI;
  };

  const router = createRouter(control);
  return {
    router,
    feed,
    status: control.status,
    contextFor: (door) => {
      const seat: Seat = {
        isWindow: isWindow(door),
        leave() {
          try {
            if (console) console.operators.leave(seat);
          } catch (error) {
            // The session is over all the same; a door that closes has nobody to tell.
            log.error('session.end-unrecorded', { name: error instanceof Error ? error.name : typeof error });
          } finally {
            sessions.end(seat);
          }
        },
      };
      return contextOf(
        seat,
        () => sessionOf(seat),
        () => idToText(newId()),
        (command) => console?.approvals.gate(command),
      );
    },
    close: async () => {
      await jobs.settle();
      await control.lock();
      feed.close();
      metrics.close();
    },
  };
}

/** How key slots of tokens are opened, where there is a token and a way to reach it. */
function slotOpenerOf({ slotOpener, spawnHost, token }: EngineHostOptions, runtime: Runtime) {
  if (slotOpener !== undefined) return { slotOpener };
  if (spawnHost === undefined || token === undefined) return {};
  return { slotOpener: createTokenSlotOpener({ spawnHost, runtime, token: () => token }) };
}

const isWindow = (door: DoorName): boolean => door === 'electron' || door === 'loopback';

/** Nobody is named: a window names two officers, and the command line is the service account `cli`. */
const UNNAMED: Session = { actor: 'owner', permissions: new Set(UNNAMED_PERMISSIONS) };
const CLI: Session = { actor: 'cli', permissions: new Set(CLI_PERMISSIONS) };
/** While the vault has no keys to speak of every call is told to wait, whatever it wants. */
const WAITING: Session = { actor: 'owner', permissions: new Set(permissions) };

/** After a restore: what leads to two people's signatures, and nothing else that changes anything. */
const EPOCH_COMMANDS: ReadonlySet<string> = new Set(['audit.signEpoch', 'operators.nameOfficers']);

/** A session in a vault that was restored, until two people have signed the new epoch of its log. */
function awaitingEpoch(session: Session): Session {
  // Who may run no command for a reason of their own signs no epoch either.
  if (session.refusesCommands) return session;
  const why = 'This vault was restored: two different people must sign the new epoch of its log first.';
  return { ...session, refusesCommands: { code: 'AUDIT_EPOCH_UNSIGNED', why, except: EPOCH_COMMANDS } };
}

/** What a door passes with each call; asked anew each time, since roles, locks and clocks move on. */
function contextOf(
  seat: Seat,
  session: () => Session | null,
  newTraceId: () => string,
  gate: ApprovalGate,
): CallContext {
  return {
    seat,
    get session() {
      return session();
    },
    get traceId() {
      return newTraceId();
    },
    gate,
  };
}

function statusOf(console: Console | undefined, sessionLocked: boolean): VaultStatus {
  if (!console) {
    return {
      state: 'closed',
      name: null,
      directory: null,
      vaultId: null,
      demo: false,
      rekeying: false,
      sessionLocked: false,
      generation: null,
      schemaVersion: null,
    };
  }
  const { vault } = console;
  return {
    state: 'open',
    name: vaultName(vault.directory),
    directory: vault.directory,
    vaultId: vault.vaultId,
    demo: vault.meta('demo') === 'true',
    rekeying: false,
    sessionLocked,
    generation: vault.generation,
    schemaVersion: vault.schemaVersion,
  };
}
