/**
 * What the approval gate may see of a command. A request waits for its checker, is shown and is
 * kept; a secret that opens a key slot must never be in it. Whoever runs the approved command brings
 * the secret anew, so it is no part of what was approved.
 */

/** Fields of the contract that carry secrets, whole objects such as `proof` among them. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'passphrase',
  'newPassphrase',
  'recoveryKey',
  'proof',
  'secret',
  'share',
  'pin',
  'soPin',
]);

/**
 * `shares` are secrets as a list; as a number they say how many a new quorum has. `secondFactor` is a
 * secret with a code that is another one half a minute later; as a word it is a clause of a policy.
 */
const isSecret = (name: string, value: unknown): boolean =>
  SECRET_FIELDS.has(name) ||
  (name === 'shares' && typeof value !== 'number') ||
  (name === 'secondFactor' && typeof value === 'object');

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A copy without its secrets. What is neither list nor plain object (bytes, dates) passes as it is. */
export function withoutSecrets(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(withoutSecrets);
  if (!isPlain(input)) return input;
  return Object.fromEntries(
    Object.entries(input)
      .filter(([name, value]) => !isSecret(name, value))
      .map(([name, value]) => [name, withoutSecrets(value)]),
  );
}
