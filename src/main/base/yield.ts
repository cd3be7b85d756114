/** Gives the event loop a turn, so that long work on the engine's thread never holds it. */
export function yieldToLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
