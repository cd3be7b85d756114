/** Runs a recovery plan for one component: counts failures, takes the steps, opens and closes the circuit. */
import type { Runtime } from '../base/index.ts';
import type { RecoveryPlan, RecoveryStep } from './recovery-plans.ts';

/**
 * `healthy`: it serves. `recovering`: steps are being taken. `failed-over`: another serves in its
 * place. `open`: nothing is sent to it until the cool-down has passed. `stopped`: only a person
 * starts it again.
 */
export type CircuitState = 'healthy' | 'recovering' | 'failed-over' | 'open' | 'stopped';

export interface RecoveryOptions {
  readonly plan: RecoveryPlan;
  readonly runtime: Runtime;
  /**
   * Takes a step: true where the component (`reconnect`, `rotate-credentials`) or another in its
   * place (`fail-over`) serves again. A throw counts as false.
   */
  readonly take: (step: Exclude<RecoveryStep, 'open-circuit'>) => boolean | Promise<boolean>;
  /** Looks whether it serves, where the plan says how often; false or a throw is a failure. */
  readonly check?: () => Promise<boolean>;
  readonly onState?: (state: CircuitState, before: CircuitState) => void;
}

export interface Recovery {
  readonly state: CircuitState;
  readonly failures: number;
  /** When the circuit is tried again; null unless it is open or another serves. */
  readonly retryAtMs: number | null;
  /** It did what it was asked. */
  succeeded(): void;
  /** It failed. `certain` where nothing is left to count: its process is gone. */
  failed(certain?: boolean): void;
  /** No step is taken any more, until `resume`. */
  stop(): void;
  /** A person lets it try again, now. */
  resume(): Promise<boolean>;
  /** Takes no step and looks no more. */
  close(): void;
}

/** Tries of one step are this far apart; the first comes at once. */
const BETWEEN_TRIES_MS = 1_000;

export function createRecovery(options: RecoveryOptions): Recovery {
  const { plan, runtime, take, check, onState } = options;
  let state: CircuitState = 'healthy';
  let failures = 0;
  let retryAtMs: number | null = null;
  let closed = false;
  let cancelCheck = () => {};
  let cancelRetry = () => {};
  /** Each run of the steps has a number; a stop or a resume leaves the one under way behind. */
  let run = 0;

  function enter(next: CircuitState): void {
    const before = state;
    state = next;
    if (next === 'healthy') failures = 0;
    retryAtMs = null;
    cancelRetry();
    if (next === 'open' || next === 'failed-over') {
      retryAtMs = runtime.nowMs() + plan.coolDownMs;
      cancelRetry = runtime.schedule(plan.coolDownMs, () => void halfOpen());
    }
    if (next !== before) onState?.(next, before);
  }

  async function took(step: Exclude<RecoveryStep, 'open-circuit'>): Promise<boolean> {
    try {
      return await take(step);
    } catch {
      return false;
    }
  }

  const wait = (delayMs: number) =>
    new Promise<void>((resolve) => {
      runtime.schedule(delayMs, resolve);
    });

  /** Tries a step as often as the plan says. A fail-over or an alert has one try: they do not get truer. */
  async function tries(step: Exclude<RecoveryStep, 'open-circuit'>, mine: number): Promise<boolean> {
    const most = step === 'reconnect' || step === 'rotate-credentials' ? plan.attempts : 1;
    for (let attempt = 0; attempt < most; attempt += 1) {
      if (attempt > 0) await wait(BETWEEN_TRIES_MS);
      if (mine !== run || closed) return false;
      if (await took(step)) return true;
    }
    return false;
  }

  async function recover(): Promise<void> {
    run += 1;
    const mine = run;
    enter('recovering');
    for (const step of plan.steps) {
      if (step === 'open-circuit') {
        enter('open');
        continue;
      }
      const isDone = await tries(step, mine);
      if (mine !== run || closed) return;
      if (!isDone) continue;
      if (step !== 'alert') return enter(step === 'fail-over' ? 'failed-over' : 'healthy');
    }
    // A plan without a circuit comes back to its first step after the same time.
    if (state === 'recovering') enter('open');
  }

  /** One try after the cool-down: it serves again, or the time counts anew. */
  async function halfOpen(): Promise<boolean> {
    run += 1;
    const mine = run;
    const again = state;
    const isDone = await took('reconnect');
    if (mine !== run || closed) return isDone;
    enter(isDone ? 'healthy' : again === 'recovering' ? 'open' : again);
    return isDone;
  }

  function failed(certain = false): void {
    if (closed || state !== 'healthy') return;
    failures += 1;
    if (certain || failures >= plan.failures) void recover();
  }

  function arm(): void {
    if (plan.checkEveryMs === null || check === undefined) return;
    cancelCheck = runtime.schedule(plan.checkEveryMs, () => {
      void look().finally(() => {
        if (!closed) arm();
      });
    });
  }

  async function look(): Promise<void> {
    if (state !== 'healthy') return;
    const isThere = await check!().catch(() => false);
    if (isThere) failures = 0;
    else failed();
  }

  arm();
  return {
    get state() {
      return state;
    },
    get failures() {
      return failures;
    },
    get retryAtMs() {
      return retryAtMs;
    },
    succeeded() {
      failures = 0;
    },
    failed,
    stop() {
      if (closed) return;
      run += 1;
      enter('stopped');
    },
    resume() {
      enter('recovering');
      return halfOpen();
    },
    close() {
      closed = true;
      run += 1;
      cancelCheck();
      cancelRetry();
    },
  };
}
