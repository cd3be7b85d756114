import type { RoleId } from '../../src/contract/operators.ts';
import { type AuditEntry, createAudit } from '../../src/main/audit/index.ts';
import type { Caller, IncidentReport, Seat } from '../../src/main/base/index.ts';
import { sha256 } from '../../src/main/crypto/index.ts';
import {
  createOperators,
  createSessions,
  type Operators,
  type Sessions,
} from '../../src/main/operators/index.ts';
import { fromBase32, hotp, stepAt, toBase32 } from '../../src/main/operators/totp.ts';
import { fixedClockRuntime, openTestVault, type TestVault } from '../support/vault.ts';

export const START_MS = Date.UTC(2026, 2, 2, 8);
export const PASSPHRASE = 'violet anchors drift past seven lanterns';
export const OWNER: Caller = { actor: 'owner', traceId: 't' };

export const windowSeat = (): Seat => ({ isWindow: true, leave() {} });
export const programSeat = (): Seat => ({ isWindow: false, leave() {} });

/** The room on a real vault, with a clock that stands and a hash in Argon2id's place. */
export interface Desk extends TestVault {
  readonly operators: Operators;
  readonly sessions: Sessions;
  readonly incidents: IncidentReport[];
  readonly clock: { advance(byMs: number): void; nowMs(): number };
  /** The code that an operator's app shows now; the clock is moved on where it was used. */
  code(name: string): string;
  factorFor(name: string): { secret: string; code: string };
  nameOfficers(): Promise<void>;
  hire(name: string, roles: RoleId[]): Promise<string>;
  signIn(seat: Seat, name: string): Promise<void>;
}

export interface DeskOptions {
  /** Hears of each record, as the approvals do. */
  readonly onRecord?: (entry: AuditEntry, seq: bigint) => void;
  /** How long a passphrase takes on this machine. */
  readonly stretchMs?: number;
}

export async function openDesk({ stretchMs = 0, ...options }: DeskOptions = {}): Promise<Desk> {
  const clock = fixedClockRuntime(START_MS);
  const opened = await openTestVault({ runtime: clock });
  const { vault, sealing } = opened;
  const test = { ...opened, audit: createAudit(vault, sealing, clock, options) };
  const sessions = createSessions(clock);
  const incidents: IncidentReport[] = [];
  const operators = createOperators({
    ...{ vault: test.vault, sealing: test.sealing, audit: test.audit, runtime: clock, sessions },
    raiseIncident: (report) => void incidents.push(report),
    stretch: async ({ passphrase, salt }) => {
      clock.advance(stretchMs);
      return sha256(Buffer.concat([salt, passphrase]));
    },
  });
  const secrets = new Map<string, string>();

  function factorFor(name: string) {
    // One secret a name, the same in every run.
    const secret = toBase32(sha256(Buffer.from(name)).subarray(0, 20));
    secrets.set(name, secret);
    return { secret, code: hotp(fromBase32(secret)!, stepAt(clock.nowMs())) };
  }

  const desk: Desk = {
    ...test,
    operators,
    sessions,
    incidents,
    clock,
    factorFor,
    code(name) {
      return hotp(fromBase32(secrets.get(name)!)!, stepAt(clock.nowMs()));
    },
    async nameOfficers() {
      const officers = ['Ada Weiss', 'Bo Lind'].map((name) => ({
        ...{ name, passphrase: PASSPHRASE },
        secondFactor: factorFor(name),
      }));
      await operators.nameOfficers(OWNER, officers);
      clock.advance(30_000);
    },
    async hire(name, roles) {
      const secondFactor = factorFor(name);
      const person = { kind: 'person', name, passphrase: PASSPHRASE, roles, secondFactor } as const;
      const { id } = await operators.create(OWNER, person);
      clock.advance(30_000);
      return id;
    },
    async signIn(seat, name) {
      clock.advance(30_000);
      await operators.signIn(seat, { name, passphrase: PASSPHRASE, code: desk.code(name) }, 't');
    },
  };
  return desk;
}
