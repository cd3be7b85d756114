import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SpawnHost } from '../../base/index.ts';

/** What a hosted process has no business to know: the passphrase of a script, flags meant for us. */
const WITHHELD = ['COUNTERSIGN_PASSPHRASE', 'COUNTERSIGN_TOKEN_PIN', 'NODE_OPTIONS'];

/** Processes of their own under plain Node: forked, each with a channel that carries bytes as they are. */
export const forkHost: SpawnHost = (entry) => {
  const env = { ...process.env };
  for (const name of WITHHELD) delete env[name];
  const child = fork(fileURLToPath(entry), [], {
    env,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended: ((code: number | null) => void)[] = [];
  let hasEnded = false;
  const end = (code: number | null) => {
    if (hasEnded) return;
    hasEnded = true;
    for (const listener of ended) listener(code);
  };
  child.once('exit', end);
  child.on('error', () => {
    // A process that never came up has no exit of its own; a lost message is followed by one.
    if (child.pid === undefined) end(null);
  });
  return {
    send: (message) => {
      // The callback takes the error of a channel that closes meanwhile; the exit says it better.
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      ended.push(listener);
    },
    kill: () => {
      // A library that hangs does not heed a polite signal.
      child.kill('SIGKILL');
    },
  };
};
