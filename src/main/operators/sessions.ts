import type { Runtime, Seat } from '../base/index.ts';
import { zeroise } from '../crypto/index.ts';
import type { SessionLimits } from './roles.ts';

/** Clocks are corrected by so much; one that is set back further ends every session that it meets. */
const CLOCK_SLACK_MS = 60_000;

/** By which second factor a session was opened. */
export type Factor = 'totp' | 'hardware-token';

/** One operator signed in on one connection. Lives in memory alone. */
export interface Live {
  readonly operatorId: number;
  readonly startedAtMs: number;
  /** The operator's secret signing key; overwritten when the session ends. */
  readonly secretKey: Buffer;
  readonly factor: Factor;
}

/** Who is signed in where. It outlives the closing of the vault that a rekey needs. */
export interface Sessions {
  begin(seat: Seat, operatorId: number, secretKey: Buffer, factor?: Factor): void;
  get(seat: Seat): Live | undefined;
  /** By what the session of a connection was opened; the weaker one where there is no session. */
  factorOf(seat: Seat): Factor;
  /** A sign of the operator on a connection. */
  touch(seat: Seat): void;
  /** How old the session of a connection is, and the longest it stood without a sign of its operator. */
  ageOf(seat: Seat): { readonly ageMs: number; readonly longestIdleMs: number } | undefined;
  /** Whether a session has run out, by its limits or because the clock was set back. */
  isOver(seat: Seat, limits: SessionLimits): boolean;
  /** Ends the session of a connection and drops its key; answers whose it was. */
  end(seat: Seat): number | undefined;
  /** Connections on which somebody is signed in. */
  seats(): Seat[];
  clear(): void;
}

export function createSessions(runtime: Pick<Runtime, 'nowMs'>): Sessions {
  const lives = new Map<Seat, Live & { activeAtMs: number; latestMs: number; longestIdleMs: number }>();

  function end(seat: Seat): number | undefined {
    const live = lives.get(seat);
    if (live === undefined) return undefined;
    lives.delete(seat);
    zeroise(live.secretKey);
    return live.operatorId;
  }

  return {
    begin(seat, operatorId, secretKey, factor = 'totp') {
      end(seat);
      const nowMs = runtime.nowMs();
      const times = { startedAtMs: nowMs, activeAtMs: nowMs, latestMs: nowMs, longestIdleMs: 0 };
      lives.set(seat, { operatorId, secretKey, factor, ...times });
    },
    get: (seat) => lives.get(seat),
    factorOf: (seat) => lives.get(seat)?.factor ?? 'totp',
    touch(seat) {
      const live = lives.get(seat);
      if (live === undefined) return;
      const nowMs = runtime.nowMs();
      live.longestIdleMs = Math.max(live.longestIdleMs, nowMs - live.activeAtMs);
      live.activeAtMs = Math.max(live.activeAtMs, nowMs);
    },
    ageOf(seat) {
      const live = lives.get(seat);
      if (live === undefined) return undefined;
      const nowMs = Math.max(live.latestMs, runtime.nowMs());
      const longestIdleMs = Math.max(live.longestIdleMs, nowMs - live.activeAtMs);
      return { ageMs: nowMs - live.startedAtMs, longestIdleMs };
    },
    isOver(seat, { maxMs, idleMs }) {
      const live = lives.get(seat);
      if (live === undefined) return true;
      const nowMs = runtime.nowMs();
      if (nowMs < live.latestMs - CLOCK_SLACK_MS) return true;
      live.latestMs = Math.max(live.latestMs, nowMs);
      return live.latestMs - live.startedAtMs >= maxMs || live.latestMs - live.activeAtMs >= idleMs;
    },
    end,
    seats: () => [...lives.keys()],
    clear() {
      for (const seat of [...lives.keys()]) end(seat);
    },
  };
}
