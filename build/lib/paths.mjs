import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A place inside the repository. */
export function fromRoot(...parts) {
  return join(ROOT, ...parts);
}
