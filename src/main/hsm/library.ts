/** Which library a token is reached by. It is code that will run, so not everybody's file will do. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { PROFILES, type ProfileId } from './profiles.ts';
import { hsmError } from './refusals.ts';

/** The library of a profile, as it was named or where it is found. Throws `HSM_LIBRARY_MISSING`. */
export function findLibrary(profile: ProfileId, named?: string): string {
  const found = named ?? PROFILES[profile].libraries.find((path) => existsSync(path));
  if (found !== undefined && isAbsolute(found) && existsSync(found)) return found;
  if (profile === 'softhsm') throw hsmError('HSM_SOFTWARE_MISSING', { expected: 'package softhsm2' });
  throw hsmError('HSM_LIBRARY_MISSING', { expected: 'an absolute path to a library' });
}

const OTHERS_WRITE = 0o022;

/**
 * Refuses a library that anybody but its owner could have exchanged, itself or in its folder.
 * Windows keeps such rights elsewhere, so there the installer's folders are relied on.
 */
export function requireTrusted(path: string): void {
  if (process.platform === 'win32') return;
  const real = realpathSync(path);
  for (const place of [real, dirname(real)]) {
    const { mode, uid } = statSync(place);
    const isOurs = uid === 0 || uid === process.getuid?.();
    if (!isOurs || (mode & OTHERS_WRITE) !== 0) {
      throw hsmError('HSM_LIBRARY_REFUSED', {
        expected: 'a file and folder that only their owner may write to',
      });
    }
  }
  if (!statSync(real).isFile()) throw hsmError('HSM_LIBRARY_REFUSED', { expected: 'a file' });
}
