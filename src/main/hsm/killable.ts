/** Processes that a drill may kill, from outside, as the operating system would. */
import type { HostedProcess, SpawnHost } from '../base/index.ts';

export interface Killable {
  readonly spawnHost: SpawnHost;
  /** Kills the process that was asked last; false where none lives. */
  kill(): boolean;
}

/** Wraps a way to start processes. The engine learns of a death by the death alone. */
export function killable(spawnHost: SpawnHost): Killable {
  let used: HostedProcess | undefined;
  return {
    spawnHost(entry) {
      const started = spawnHost(entry);
      started.onExit(() => {
        if (used === started) used = undefined;
      });
      return {
        ...started,
        send(message) {
          used = started;
          started.send(message);
        },
      };
    },
    kill() {
      const victim = used;
      used = undefined;
      victim?.kill();
      return victim !== undefined;
    },
  };
}
