/** The same signal by two ways — the terminal's process group and the starter — is one wish. */
const ONE_WISH_MS = 500;

/**
 * Calls `onFirst` at the first signal that asks the program to end, and ends it at once at the
 * next one that a person sends. A vault survives that as it survives a power cut.
 */
export function onEndSignal(
  signals: readonly NodeJS.Signals[],
  onFirst: (signal: NodeJS.Signals) => void,
): void {
  let firstAtMs: number | null = null;
  for (const signal of signals) {
    process.on(signal, () => {
      if (firstAtMs === null) {
        firstAtMs = performance.now();
        onFirst(signal);
      } else if (performance.now() - firstAtMs > ONE_WISH_MS) process.exit(130);
    });
  }
}
