/** What is done when a component fails, as data: one table for all that depends on something outside. */

export type RecoveryStep = 'reconnect' | 'rotate-credentials' | 'fail-over' | 'open-circuit' | 'alert';
export type Component = 'hsm' | 'database' | 'endpoint' | 'crypto-provider';

export interface RecoveryPlan {
  readonly component: Component;
  /** Looked at this often; null where only use shows a failure. */
  readonly checkEveryMs: number | null;
  /** Failures in a row that start the steps; a failure that leaves no doubt starts them at once. */
  readonly failures: number;
  /** In this order, until one of them brings the service back. */
  readonly steps: readonly RecoveryStep[];
  /** How often a step is tried. */
  readonly attempts: number;
  /** How long a circuit stays open before one more try. */
  readonly coolDownMs: number;
}

export const RECOVERY_PLANS: Readonly<Record<Component, RecoveryPlan>> = {
  hsm: {
    component: 'hsm',
    checkEveryMs: 30_000,
    failures: 5,
    steps: ['reconnect', 'fail-over', 'open-circuit', 'alert'],
    attempts: 3,
    coolDownMs: 60_000,
  },
  database: {
    component: 'database',
    checkEveryMs: 10_000,
    failures: 3,
    steps: ['reconnect', 'fail-over'],
    attempts: 5,
    coolDownMs: 30_000,
  },
  endpoint: {
    component: 'endpoint',
    checkEveryMs: null,
    failures: 3,
    steps: ['open-circuit', 'alert'],
    attempts: 3,
    coolDownMs: 120_000,
  },
  'crypto-provider': {
    component: 'crypto-provider',
    checkEveryMs: null,
    failures: 1,
    steps: ['reconnect', 'rotate-credentials', 'fail-over'],
    attempts: 3,
    coolDownMs: 60_000,
  },
};
