/** One token inside the process of the HSM: its library, its slot, its one session. */

import type { LibraryChoice, TokenChoice, TokenFacts } from './calls.ts';
import {
  CKM,
  CKU,
  type Cryptoki,
  type Handle,
  MECHANISM_NAMES,
  padLabel,
  SESSION_FLAGS,
  unpad,
} from './cryptoki.ts';
import { setEnvironment } from './environment.ts';
import { hsmError, returnValueOf } from './refusals.ts';

const FLAG = {
  initialised: 0x400,
  finalTry: 0x20000,
  pinLocked: 0x40000,
} as const;
const CKR = {
  alreadyInitialised: 0x191,
  alreadyLoggedIn: 0x100,
  mechanismInvalid: 0x70,
  notPresent: 0xe0,
} as const;

/** Loads the library of a choice; a process loads one and never another. */
export type LibraryLoader = () => Promise<Cryptoki>;

export class HostToken {
  readonly library: Cryptoki;
  readonly mechanisms: ReadonlySet<number>;
  readonly #slot: Handle;
  #session: Handle | undefined;

  private constructor(library: Cryptoki, slot: Handle) {
    this.library = library;
    this.#slot = slot;
    this.mechanisms = new Set(library.C_GetMechanismList(slot));
    this.#session = library.C_OpenSession(slot, SESSION_FLAGS);
  }

  /** Finds the token among the slots. Throws `HSM_TOKEN_MISSING`, `HSM_TOKEN_AMBIGUOUS`. */
  static open(library: Cryptoki, wanted: TokenChoice): HostToken {
    const { serial, label } = wanted;
    const fitting = slotsOf(library).filter(
      ({ facts }) =>
        facts.initialised &&
        (serial === undefined || facts.serial === serial) &&
        (label === undefined || facts.label === label),
    );
    if (fitting.length > 1) throw hsmError('HSM_TOKEN_AMBIGUOUS', { actual: `${fitting.length} tokens` });
    const [found] = fitting;
    if (found === undefined) throw hsmError('HSM_TOKEN_MISSING');
    return new HostToken(library, found.slot);
  }

  get session(): Handle {
    if (this.#session === undefined) throw hsmError('HSM_SESSION_LOST');
    return this.#session;
  }

  facts(): TokenFacts {
    return factsOf(this.library, this.#slot);
  }

  login(user: number, pin: string): void {
    try {
      this.library.C_Login(this.session, user, pin);
    } catch (error) {
      if (returnValueOf(error) !== CKR.alreadyLoggedIn) throw error;
    }
  }

  logout(): void {
    this.library.C_Logout(this.session);
  }

  /** Does something with the token: that it is still listed says little. */
  check(): TokenFacts {
    const facts = this.facts();
    const random = this.library.C_GenerateRandom(this.session, Buffer.alloc(16));
    if (random.every((byte) => byte === 0)) {
      throw hsmError('HSM_TOKEN_FAILED', { expected: 'random bytes', actual: 'zeros' });
    }
    return facts;
  }

  /** Refuses a mechanism the token does not name, and says so where it names one it will not run. */
  running<T>(mechanism: number, work: () => T): T {
    const path = MECHANISM_NAMES.get(mechanism) ?? `0x${mechanism.toString(16)}`;
    if (!this.mechanisms.has(mechanism)) throw hsmError('HSM_MECHANISM_MISSING', { path });
    try {
      return work();
    } catch (error) {
      if (returnValueOf(error) === CKR.mechanismInvalid) throw hsmError('HSM_MECHANISM_LIED', { path });
      throw error;
    }
  }

  /** The objects that a template fits, at most `most`. */
  find(template: { type: number; value: number | boolean | Buffer }[], most = 1_000): Handle[] {
    const { library, session } = this;
    library.C_FindObjectsInit(session, template);
    try {
      const found: Handle[] = [];
      while (found.length < most) {
        const more = library.C_FindObjects(session, 100);
        if (more.length === 0) break;
        found.push(...more);
      }
      return found;
    } finally {
      library.C_FindObjectsFinal(session);
    }
  }

  random(bytes: number): Buffer {
    return this.library.C_GenerateRandom(this.session, Buffer.alloc(bytes));
  }

  /** AES wrapping that both ends of a migration need. */
  get wraps(): boolean {
    return this.mechanisms.has(CKM.AES_KEY_WRAP_PAD);
  }
}

/** Loads a library into this process. Throws `HSM_LIBRARY_MISSING`. */
export function loadLibrary(library: Cryptoki, { path, environment }: LibraryChoice): void {
  setEnvironment(environment);
  try {
    library.load(path);
  } catch {
    throw hsmError('HSM_LIBRARY_MISSING');
  }
  try {
    library.C_Initialize();
  } catch (error) {
    if (returnValueOf(error) !== CKR.alreadyInitialised) throw error;
  }
}

interface Slot {
  readonly slot: Handle;
  readonly facts: TokenFacts;
}

/** The slots that hold a token. One that is pulled between two calls is left out. */
export function slotsOf(library: Cryptoki): Slot[] {
  return library.C_GetSlotList(true).flatMap((slot) => {
    try {
      return [{ slot, facts: factsOf(library, slot) }];
    } catch (error) {
      if (returnValueOf(error) === CKR.notPresent) return [];
      throw error;
    }
  });
}

function factsOf(library: Cryptoki, slot: Handle): TokenFacts {
  const info = library.C_GetTokenInfo(slot);
  const { major, minor } = info.firmwareVersion;
  return {
    label: unpad(info.label),
    serial: unpad(info.serialNumber),
    manufacturer: unpad(info.manufacturerID),
    model: unpad(info.model),
    firmware: `${major}.${minor}`,
    initialised: (info.flags & FLAG.initialised) !== 0,
    pinAlmostLocked: (info.flags & (FLAG.finalTry | FLAG.pinLocked)) !== 0,
    pinLocked: (info.flags & FLAG.pinLocked) !== 0,
  };
}

/** Gives the first unused slot a label and PINs. Throws `HSM_TOKEN_EXISTS`, `HSM_TOKEN_FULL`. */
export function initialiseToken(
  library: Cryptoki,
  { label, soPin, pin }: { readonly label: string; readonly soPin: string; readonly pin: string },
): TokenFacts {
  const before = slotsOf(library);
  if (before.some(({ facts }) => facts.initialised && facts.label === label))
    throw hsmError('HSM_TOKEN_EXISTS');
  const unused = before.find(({ facts }) => !facts.initialised);
  if (unused === undefined) throw hsmError('HSM_TOKEN_FULL', { expected: 'a slot without a token' });
  library.C_InitToken(unused.slot, soPin, padLabel(label));
  // SoftHSM gives the new token another slot.
  const made = slotsOf(library).find(({ facts }) => facts.initialised && facts.label === label);
  if (made === undefined) throw hsmError('HSM_TOKEN_MISSING');
  const session = library.C_OpenSession(made.slot, SESSION_FLAGS);
  try {
    library.C_Login(session, CKU.SO, soPin);
    library.C_InitPIN(session, pin);
    library.C_Logout(session);
  } finally {
    library.C_CloseSession(session);
  }
  return made.facts;
}
