/**
 * Shamir's secret sharing over GF(256) with the polynomial of AES (x^8 + x^4 + x^3 + x + 1), each
 * byte shared by itself: any `threshold` shares give the secret back, fewer say nothing of it.
 * Pure; the randomness is handed in. No branch and no table lookup depends on a secret.
 */

export const MOST_SHARES = 255;

/** One holder's part: the value of every byte's polynomial at `x`. */
export interface Share {
  /** 1 to 255, different for every holder. */
  readonly x: number;
  readonly y: Uint8Array;
}

/** Product in GF(256), in constant time. */
export function multiply(left: number, right: number): number {
  let product = 0;
  let shifted = left;
  for (let bit = 0; bit < 8; bit += 1) {
    product ^= shifted & -((right >> bit) & 1);
    shifted = (shifted << 1) ^ (0x11b & -(shifted >> 7));
  }
  return product;
}

/** The inverse as the 254th power, which is 0 for 0. */
export function inverse(value: number): number {
  let power = value;
  for (let i = 0; i < 6; i += 1) power = multiply(multiply(power, power), value);
  return multiply(power, power);
}

function check(threshold: number, shares: number): void {
  const whole = Number.isInteger(threshold) && Number.isInteger(shares);
  if (!whole || threshold < 2 || threshold > shares || shares > MOST_SHARES) {
    throw new RangeError(`shamir: 2 ≤ threshold ≤ shares ≤ ${MOST_SHARES} expected`);
  }
}

/**
 * Splits a secret into `shares` shares with the x 1, 2, …, of which any `threshold` are enough.
 * Throws `RangeError` outside 2 ≤ threshold ≤ shares ≤ 255.
 */
export function split(options: {
  readonly secret: Uint8Array;
  readonly threshold: number;
  readonly shares: number;
  readonly fillRandom: (target: Uint8Array) => void;
}): Share[] {
  const { secret, threshold, shares, fillRandom } = options;
  check(threshold, shares);
  // Row i holds the coefficient of x^i of every byte; the secret is the constant one.
  const coefficients = Array.from({ length: threshold - 1 }, () => new Uint8Array(secret.byteLength));
  for (const row of coefficients) fillRandom(row);
  const made = Array.from({ length: shares }, (_, index) => {
    const x = index + 1;
    const y = new Uint8Array(secret.byteLength);
    for (const row of coefficients.toReversed()) {
      for (let i = 0; i < y.length; i += 1) y[i] = multiply(y[i]! ^ row[i]!, x);
    }
    for (let i = 0; i < y.length; i += 1) y[i]! ^= secret[i]!;
    return { x, y };
  });
  for (const row of coefficients) row.fill(0);
  return made;
}

/**
 * The value at x = 0 of the polynomials through the shares: the secret, where as many shares as the
 * threshold come from one splitting, else noise. Throws `RangeError` for shares that cannot be
 * together: none, an x of 0 or twice, lengths that differ.
 */
export function combine(shares: readonly Share[]): Uint8Array {
  const length = shares[0]?.y.byteLength;
  const isSound =
    length !== undefined &&
    new Set(shares.map(({ x }) => x)).size === shares.length &&
    shares.every(({ x, y }) => Number.isInteger(x) && x > 0 && x <= MOST_SHARES && y.byteLength === length);
  if (!isSound) throw new RangeError('shamir: shares of different x and one length expected');
  const secret = new Uint8Array(length);
  for (const { x, y } of shares) {
    let weight = 1;
    for (const other of shares) {
      if (other.x !== x) weight = multiply(weight, multiply(other.x, inverse(other.x ^ x)));
    }
    for (let i = 0; i < length; i += 1) secret[i]! ^= multiply(y[i]!, weight);
  }
  return secret;
}
