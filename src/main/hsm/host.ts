/** The process of the HSM: takes frames, works them off one after another, answers in frames. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ProcessChannel } from '../base/index.ts';
import type { HsmCallName, HsmCalls } from './calls.ts';
import { CKU, type Cryptoki } from './cryptoki.ts';
import { speaking } from './dialect.ts';
import {
  type Frame,
  OP,
  packFrames,
  packJson,
  STATUS,
  unpackFrames,
  unpackJson,
  unpackUse,
} from './frames.ts';
import { HostKeys, verifySignature } from './host-keys.ts';
import { checkPlaced, placeKey } from './host-placed.ts';
import { reseal } from './host-sealed.ts';
import { HostToken, initialiseToken, loadLibrary, slotsOf } from './host-token.ts';
import { HostTransfer } from './host-transfer.ts';
import { hsmError, refusalOf } from './refusals.ts';

/** Answers are sent off together, but none waits longer than this for the others. */
const MOST_WAIT_MS = 2;

type Handlers = { [Name in HsmCallName]: (input: HsmCalls[Name]['in']) => HsmCalls[Name]['out'] };

interface Open {
  readonly token: HostToken;
  readonly keys: HostKeys;
  readonly transfer: HostTransfer;
}

/** Serves a library over a channel. `binding` makes the library's object, once it is asked for. */
export function serveHsm(channel: ProcessChannel, binding: () => Promise<Cryptoki>): void {
  let library: Cryptoki | undefined;
  let open: Open | undefined;
  const waiting: Frame[] = [];
  let working = false;

  const opened = (): Open => {
    if (open === undefined) throw hsmError('HSM_SESSION_LOST');
    return open;
  };
  const loaded = (): Cryptoki => {
    if (library === undefined) throw hsmError('HSM_BINDING_MISSING');
    return library;
  };

  const handlers: Handlers = {
    list(choice) {
      loadLibrary(loaded(), choice);
      return { tokens: slotsOf(loaded()).map(({ facts }) => facts) };
    },
    open(choice) {
      loadLibrary(loaded(), choice);
      const { dialect, token: wanted } = choice;
      const token = HostToken.open(dialect ? speaking(loaded(), dialect) : loaded(), wanted);
      const keys = new HostKeys(token);
      open = { token, keys, transfer: new HostTransfer(token, keys) };
      return { token: token.facts(), mechanisms: [...token.mechanisms] };
    },
    login({ pin }) {
      opened().token.login(CKU.USER, pin);
      return null;
    },
    logout() {
      opened().token.logout();
      return null;
    },
    check: () => ({ token: opened().token.check() }),
    initialise(choice) {
      loadLibrary(loaded(), choice);
      return { token: initialiseToken(loaded(), choice) };
    },
    random: ({ bytes }) => ({ random: opened().token.random(bytes).toString('base64') }),
    generate: (wanted) => opened().keys.generate(wanted),
    use: (ref) => ({ number: opened().keys.use(ref) }),
    find: () => ({ keys: opened().keys.list() }),
    existing: ({ algorithm }) => ({ keys: opened().keys.existing(algorithm) }),
    challenge: (input) => ({ signature: opened().keys.answer(input).toString('base64') }),
    destroy: ({ keyId }) => ({ destroyed: opened().keys.destroy(keyId) }),
    place(input) {
      placeKey(opened().token, input);
      return null;
    },
    checkPlaced: (input) => ({ checkValue: checkPlaced(opened().token, input) }),
    reseal({ sealedSeed, ...rest }) {
      if (sealedSeed === null) throw hsmError('HSM_MECHANISM_MISSING', { expected: 'a key with a seed' });
      return { sealedSeed: reseal(opened().token, { ...rest, sealedSeed }) };
    },
    verify: (input) => ({ valid: verifySignature(input) }),
    decapsulate({ number, ciphertext }) {
      const secret = opened().keys.decapsulate(number, Buffer.from(ciphertext, 'base64'));
      return { sharedSecret: secret.toString('base64') };
    },
    transferOffer: (input) => ({ publicKey: opened().transfer.offer(input) }),
    transferBegin: (input) => ({ ciphertext: opened().transfer.begin(input) }),
    transferAccept(input) {
      opened().transfer.accept(input);
      return null;
    },
    wrap: (input) => ({ wrapped: opened().transfer.wrap(input) }),
    unwrap: (input) => opened().transfer.unwrap(input),
    transferEnd: ({ runId }) => ({ deleted: opened().transfer.end(runId) }),
  };

  /** Bytes of an answer. */
  function handle({ kind, body }: Frame): Buffer {
    if (kind === OP.call) {
      const { name, input } = unpackJson(body) as { name: HsmCallName; input: never };
      return packJson(handlers[name](input));
    }
    const { keyNumber, bytes } = unpackUse(body);
    const { keys } = opened();
    if (kind === OP.sign) return keys.sign(keyNumber, bytes);
    return kind === OP.encrypt ? keys.encrypt(keyNumber, bytes) : keys.decrypt(keyNumber, bytes);
  }

  function answer(frame: Frame): Frame {
    try {
      return { id: frame.id, kind: STATUS.done, body: handle(frame) };
    } catch (error) {
      return { id: frame.id, kind: STATUS.refused, body: packJson(refusalOf(error)) };
    }
  }

  /** Works off what waits. Between two batches of answers the channel is listened to. */
  async function work(): Promise<void> {
    library ??= await binding().catch(() => undefined);
    while (waiting.length > 0) {
      const startedMs = performance.now();
      const answers: Frame[] = [];
      while (waiting.length > 0 && performance.now() - startedMs < MOST_WAIT_MS) {
        answers.push(answer(waiting.shift()!));
      }
      channel.send(packFrames(answers));
      await nextTurn();
    }
    working = false;
  }

  channel.onMessage((message) => {
    waiting.push(...unpackFrames(message));
    if (working) return;
    working = true;
    void work();
  });
  // It has started: from now on silence means something.
  channel.send(packFrames([]));
}
