/** The configured tokens: their rows, their links, and what is told of them. */
import { type Caller, CountersignError, isCountersignError, workerUrl } from '../base/index.ts';
import type { LibraryChoice, TokenFacts } from './calls.ts';
import { startHsmClient } from './client.ts';
import { type HsmContext, SYSTEM, tokenSubject } from './context.ts';
import { createEmbedded } from './embedded.ts';
import { findLibrary, requireTrusted } from './library.ts';
import { createLink, type Link } from './link.ts';
import { PROFILES } from './profiles.ts';
import type { CircuitState } from './recovery.ts';
import { type HsmCode, hsmError, isHsmCode } from './refusals.ts';
import { PINS_PLACE } from './sealed-columns.ts';
import { libraryOf, type TokenAtHand, withSession } from './session.ts';
import { newPin, prepareSoftHsm } from './softhsm.ts';
import type { TokenRow } from './store.ts';

/** The entry of the process, beside this file or in the bundle. */
export const HSM_ENTRY = workerUrl(import.meta.url, './hsm.process.ts');

/** A token to be configured, under a name for people. */
export interface NewToken extends TokenAtHand {
  readonly name: string;
}

/** A configured token and its link. */
export interface HeldToken {
  readonly row: TokenRow;
  readonly link: Link;
}

export interface Pins {
  readonly pin: string;
  readonly soPin: string;
}

/** Who asks right after the vault was opened waits so long for tokens that open by themselves. */
const OPENING_MS = 5_000;
/** A vault remembers under this name that software tokens are refused. */
const HARDWARE_ONLY = 'hsm_hardware_only';
/** Software tokens call themselves so, whatever profile they are configured by. */
const SOFTWARE = /softhsm|opencryptoki soft|software token/i;

export const isSoftware = ({ manufacturer, model }: TokenFacts): boolean =>
  SOFTWARE.test(`${manufacturer} ${model}`);

export function createTokens(context: HsmContext, onReady: (tokenId: number) => void) {
  const { vault, sealing, audit, runtime, log, store, changed, raise, beat } = context;
  const held = new Map<number, HeldToken>();
  const opening: Promise<void>[] = [];
  const embedded = createEmbedded(context);

  const spawnHost = () => {
    if (context.spawnHost === undefined)
      throw hsmError('HSM_UNAVAILABLE', { expected: 'a door that starts processes' });
    return context.spawnHost;
  };

  const choiceOf = (row: Pick<TokenRow, 'kind' | 'profile' | 'library' | 'environment'>): LibraryChoice => {
    if (row.kind === 'software') {
      embedded.bringBack();
      return prepareSoftHsm(vault.directory);
    }
    const path = findLibrary(row.profile, row.library ?? undefined);
    requireTrusted(path);
    const { mechanisms, gcmNonce } = PROFILES[row.profile];
    return { path, environment: JSON.parse(row.environment), dialect: { mechanisms, gcmNonce } };
  };

  /** Says what happened to a token: in the log, in the heartbeat and, where a person must look, as an incident. */
  function tell(row: TokenRow, what: string, code: HsmCode | null, caller: Caller = SYSTEM): void {
    if (!vault.db.open) return;
    vault.transaction(() => {
      audit.record({
        kind: `hsm.token-${what}`,
        ...caller,
        subjects: [tokenSubject(row.id)],
        detail: { code: code ?? '' },
      });
      vault.onCommit(changed);
    });
  }

  function alarm(row: TokenRow, kind: string, severity: 'medium' | 'high' | 'critical', title: string): void {
    if (!vault.db.open) return;
    const code = held.get(row.id)?.link.lastError ?? '';
    raise({
      kind: `hsm.${kind}`,
      dedupeKey: `hsm.${kind}/${row.id}`,
      severity,
      title,
      detail: { token: row.id, code },
    });
  }

  function onState(row: TokenRow, state: CircuitState, before: CircuitState, why: HsmCode | null): void {
    if (state === 'recovering' && before === 'healthy') tell(row, 'failed', why);
    if (state === 'healthy') {
      tell(row, 'recovered', null);
      if (vault.db.open)
        beat({ source: 'hsm.token', ok: true, message: 'A token serves again.', facts: { token: row.id } });
    }
    if (state === 'open' || state === 'failed-over' || state === 'stopped') {
      tell(row, state === 'open' ? 'circuit-opened' : state, why);
      if (vault.db.open)
        beat({
          source: 'hsm.token',
          ok: false,
          message: 'A token does not serve.',
          facts: { token: row.id },
        });
    }
    if (state === 'failed-over')
      alarm(row, 'failed-over', 'medium', 'A token does not answer; another serves in its place.');
    if (state === 'stopped') alarmStopped(row, why);
  }

  function alarmStopped(row: TokenRow, why: HsmCode | null): void {
    if (why === 'HSM_SIGNATURE_WRONG') {
      alarm(
        row,
        'signature-wrong',
        'critical',
        'A token returned a signature that does not verify; it was taken out of service.',
      );
    } else if (why === 'HSM_PIN_WRONG' || why === 'HSM_PIN_LOCKED') {
      alarm(
        row,
        'pin-refused',
        'high',
        'A token refused its PIN; it is not tried again until somebody types it.',
      );
    } else {
      alarm(row, 'stopped', 'high', 'A token could not be opened; somebody must start it again.');
    }
  }

  function linkOf(row: TokenRow): Link {
    const profile = PROFILES[row.profile];
    return createLink({
      spawnHost: spawnHost(),
      entry: context.entry,
      runtime,
      library: () => choiceOf(row),
      token: { serial: row.serial, label: row.label },
      silentMs: context.silentMs ?? profile.silentMs,
      generateMs: profile.generateMs,
      keepsSpare: context.keepsSpare ?? true,
      othersServe: () => [...held.values()].some((other) => other.row.id !== row.id && other.link.ready),
      onAlert: () =>
        alarm(row, 'circuit-open', 'high', 'No token answers; signing requests wait in the vault.'),
      onState: (state, before, why) => onState(row, state, before, why),
      onReady: () => onReady(row.id),
    });
  }

  function hold(row: TokenRow): HeldToken {
    const token = { row, link: linkOf(row) };
    held.set(row.id, token);
    return token;
  }

  function requireName(name: string): void {
    if ([...held.values()].some(({ row }) => row.name === name))
      throw hsmError('HSM_TOKEN_EXISTS', { path: 'name' });
  }

  /** Writes a token whose session is open, and holds it. */
  function keep(
    row: Omit<TokenRow, 'id' | 'createdAtMs' | 'pinsSealedId'>,
    pins: Pins | null,
    caller: Caller,
  ): HeldToken {
    const kept = vault.transaction(() => {
      const id = store.nextTokenId();
      const sealed = { purpose: 'compliance_vault', ...PINS_PLACE, applicationId: String(id) } as const;
      const pinsSealedId =
        pins === null ? null : Number(sealing.seal({ ...sealed, plaintext: JSON.stringify(pins) }));
      const complete = { ...row, id, pinsSealedId, createdAtMs: runtime.nowMs() };
      store.insertToken(complete);
      if (row.kind === 'software') embedded.keep();
      audit.record({
        kind: 'hsm.token-added',
        ...caller,
        subjects: [tokenSubject(id)],
        detail: { profile: row.profile, kind: row.kind, serial: row.serial },
      });
      vault.onCommit(changed);
      return complete;
    });
    return hold(kept);
  }

  /** The PINs of a software token. */
  function pinsOf(row: TokenRow): Pins {
    const place = { ...PINS_PLACE, applicationId: String(row.id) };
    return JSON.parse(sealing.openText({ id: BigInt(row.pinsSealedId!), ...place }));
  }

  function get(id: number): HeldToken {
    const token = held.get(id);
    if (token === undefined) throw hsmError('HSM_TOKEN_UNKNOWN');
    return token;
  }

  /** Opens a session with a token that is not configured yet; a refusal is recorded. */
  async function lookAt(wanted: NewToken, caller: Caller): Promise<TokenFacts> {
    const surroundings = { spawnHost: spawnHost(), entry: context.entry, runtime };
    const refuseSoftware = (found: TokenFacts) => {
      if (isSoftware(found)) throw hsmError('HSM_SOFTWARE_REFUSED', { expected: 'a token of hardware' });
    };
    try {
      return await withSession(surroundings, wanted, async (_client, found) => found, refuseSoftware);
    } catch (error) {
      if (vault.db.open && isCountersignError(error)) {
        const detail = { profile: wanted.profile, code: error.code };
        vault.transaction(() =>
          audit.record({ kind: 'hsm.token-not-added', ...caller, subjects: [], detail }),
        );
      }
      throw error;
    }
  }

  /** Opens a session; a refusal is recorded. */
  async function open(id: number, pin: string | undefined, caller: Caller): Promise<void> {
    const { row, link } = get(id);
    const typed = pin ?? (row.kind === 'software' ? pinsOf(row).pin : undefined);
    if (typed === undefined) throw hsmError('HSM_PIN_NEEDED');
    try {
      await link.open(typed);
    } catch (error) {
      // What ends with the vault is no refusal.
      const isHeld = held.get(id)?.link === link;
      if (isHeld && error instanceof CountersignError && isHsmCode(error.code)) {
        tell(row, 'refused', error.code, caller);
      }
      throw error;
    }
    if (row.kind === 'software') embedded.keep();
    tell(row, 'opened', null, caller);
  }

  return {
    /** The embedded tokens' files, which are kept with every change of a key. */
    embedded,
    all: () => [...held.values()],
    get,
    open,
    pinsOf,
    choiceOf,
    get hardwareOnly() {
      return vault.meta(HARDWARE_ONLY) === 'true';
    },
    setHardwareOnly(only: boolean, caller: Caller) {
      vault.transaction(() => {
        vault.setMeta(HARDWARE_ONLY, String(only));
        audit.record({ kind: 'hsm.policy-set', ...caller, subjects: [], detail: { hardwareOnly: only } });
        vault.onCommit(changed);
      });
    },

    /** Holds what is configured; software tokens open by themselves. */
    start() {
      if (context.spawnHost === undefined) return;
      for (const row of store.tokens()) {
        hold(row);
        if (row.kind !== 'software') continue;
        opening.push(
          open(row.id, undefined, SYSTEM).catch((error: unknown) => {
            log.warn('hsm.software-token-closed', {
              token: row.id,
              code: error instanceof CountersignError ? error.code : 'INTERNAL',
            });
          }),
        );
      }
    },

    /** Software tokens that open by themselves have opened, or some seconds are over. */
    async opened() {
      let cancel = () => {};
      const enough = new Promise<void>((resolve) => {
        cancel = runtime.schedule(OPENING_MS, resolve);
      });
      await Promise.race([Promise.allSettled(opening), enough]);
      cancel();
    },

    /** Configures a token of hardware, once its session has opened. */
    async add(wanted: NewToken, caller: Caller): Promise<HeldToken> {
      requireName(wanted.name);
      const choice = libraryOf(wanted);
      const facts = await lookAt(wanted, caller);
      if (store.tokens().some(({ serial }) => serial === facts.serial))
        throw hsmError('HSM_TOKEN_EXISTS', { path: 'serial' });
      const { name, profile } = wanted;
      const { serial, label } = facts;
      const row = {
        name,
        profile,
        kind: 'hardware',
        library: choice.path,
        environment: JSON.stringify(choice.environment),
        serial,
        label,
      } as const;
      const token = keep(row, null, caller);
      await open(token.row.id, wanted.pin, caller);
      return token;
    },

    /** Makes a token of the embedded SoftHSM: its folder, its PINs, its label. */
    async setUpSoftware(name: string, caller: Caller): Promise<HeldToken> {
      if (this.hardwareOnly) throw hsmError('HSM_POLICY_HARDWARE');
      requireName(name);
      const choice = prepareSoftHsm(vault.directory);
      const pins = { pin: newPin(runtime), soPin: newPin(runtime) };
      const label = `countersign-${runtime.randomBytes(4).toString('hex')}`;
      const client = startHsmClient({ spawnHost: spawnHost(), entry: context.entry, runtime });
      let serial: string;
      try {
        serial = (await client.call('initialise', { ...choice, label, ...pins })).token.serial;
      } finally {
        client.kill();
      }
      const row = {
        name,
        profile: 'softhsm',
        kind: 'software',
        library: null,
        environment: '{}',
        serial,
        label,
      } as const;
      const token = keep(row, pins, caller);
      await open(token.row.id, undefined, caller);
      return token;
    },

    /** Ends a session; the PIN is forgotten. */
    closeSession(id: number, caller: Caller) {
      const { row, link } = get(id);
      link.close();
      hold(row);
      tell(row, 'closed', null, caller);
    },

    remove(id: number, caller: Caller) {
      const { row, link } = get(id);
      const isInUse = store.copies().some((copy) => copy.tokenId === id && copy.state === 'active');
      if (isInUse) throw hsmError('HSM_TOKEN_IN_USE');
      vault.transaction(() => {
        store.removeToken(id);
        audit.record({
          kind: 'hsm.token-removed',
          ...caller,
          subjects: [tokenSubject(id)],
          detail: { serial: row.serial },
        });
        vault.onCommit(changed);
      });
      link.close();
      held.delete(id);
    },

    /** A person starts a token again, with the PIN where it is asked for. */
    async resume(id: number, pin: string | undefined, caller: Caller): Promise<boolean> {
      const { row, link } = get(id);
      if (pin !== undefined || !link.hasPin) {
        await open(id, pin, caller);
        return true;
      }
      tell(row, 'resumed', null, caller);
      return link.resume();
    },

    close() {
      for (const { link } of held.values()) link.close();
      held.clear();
    },
  };
}

export type Tokens = ReturnType<typeof createTokens>;
