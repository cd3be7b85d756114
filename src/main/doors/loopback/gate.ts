import { createHash, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
/** Whoever guesses this often is not a person who mistyped: nobody types a token. */
const MAX_WRONG_TRIES = 5;

/** Compares in a time that says nothing about where two texts differ, nor about their lengths. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Who may come in. A token travels in the address that the terminal prints; it is exchanged once,
 * by the first page that loads, for a session secret that never appears in an address.
 */
export class Gate {
  readonly #randomBytes: (length: number) => Buffer;
  readonly #secrets = new Set<string>();
  #token: string | null = null;
  #wrongTries = 0;

  constructor(randomBytes: (length: number) => Buffer) {
    this.#randomBytes = randomBytes;
  }

  /** A fresh one-time token; the one before it is void. */
  issueToken(): string {
    this.#token = this.#random();
    this.#wrongTries = 0;
    return this.#token;
  }

  /** The session secret for a token, or null. The token is void after its use, and after five wrong ones. */
  exchange(token: string): string | null {
    if (this.#token === null) return null;
    if (!isSame(token, this.#token)) {
      this.#wrongTries += 1;
      if (this.#wrongTries >= MAX_WRONG_TRIES) this.#token = null;
      return null;
    }
    this.#token = null;
    const secret = this.#random();
    this.#secrets.add(secret);
    return secret;
  }

  /** Whether a session secret is one of ours. Looks at each, so that time tells nothing. */
  isSession(secret: string): boolean {
    let found = false;
    for (const known of this.#secrets) found = isSame(secret, known) || found;
    return found;
  }

  #random(): string {
    return this.#randomBytes(SECRET_BYTES).toString('base64url');
  }
}
