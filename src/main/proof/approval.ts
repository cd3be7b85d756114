import { concat, equal, fromBase64, toHex, utf8 } from './bytes.ts';
import type { Primitives } from './primitives.ts';

/**
 * What a record of kind `approvals.execute` says of people: who asked for a command, who agreed, and
 * their signatures, which a stranger can check without the console.
 */
export interface ApprovedBy {
  readonly role: 'maker' | 'checker';
  readonly operator: string;
  /** Null where the receipt names nobody. */
  readonly name: string | null;
  readonly atMs: number;
  /** `checked`: the signature fits. Otherwise why there was nothing to check. */
  readonly signature: 'checked' | 'key-missing' | 'system';
}

export const APPROVAL_KIND = 'approvals.execute';
const APPROVAL_FORM = 'countersign approval v1';
const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;

type Told = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Told =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 8785 of an object whose members are texts, whole numbers and nulls. */
const canonical = (value: Told): string =>
  `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(value[key])}`)
    .join(',')}}`;

/** Whether both halves of a hybrid signature fit, over the prefix that names suite and purpose. */
function hybridFits(
  suite: unknown,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  primitives: Primitives,
): boolean {
  const verify =
    suite === 'Ed25519+ML-DSA-65'
      ? primitives.verifyMlDsa65
      : suite === 'Ed25519+ML-DSA-87'
        ? primitives.verifyMlDsa87
        : undefined;
  if (verify === undefined) return false;
  const signed = concat(utf8(`countersign signature v1\n${suite}\napproval\n`), message);
  const classical = primitives.verifyEd25519(
    publicKey.slice(0, ED25519_KEY_BYTES),
    signed,
    signature.slice(0, ED25519_SIGNATURE_BYTES),
  );
  return (
    classical && verify(publicKey.slice(ED25519_KEY_BYTES), signed, signature.slice(ED25519_SIGNATURE_BYTES))
  );
}

/**
 * Checks the people of an approval. Answers them, or the sentence that says why it is refused;
 * undefined where the detail tells of no approval.
 */
export function checkApproval(
  text: string,
  vaultId: string,
  primitives: Primitives,
): readonly ApprovedBy[] | string | undefined {
  const detail: unknown = JSON.parse(text);
  if (!isObject(detail) || detail.form !== APPROVAL_FORM) return undefined;
  const { maker, checkers } = detail;
  if (!isObject(maker) || !Array.isArray(checkers) || !checkers.every(isObject)) {
    return 'The approval in the detail cannot be read.';
  }
  if (detail.vault !== vaultId) return 'The approval is of another vault.';
  const { vault, request, procedure, commandHash, policy, version, expiresAtMs } = detail;
  const common = { vault, request, procedure, commandHash, policy, version, expiresAtMs };
  const people: ApprovedBy[] = [];
  const persons = new Set<unknown>();
  for (const [role, each] of [['maker', maker], ...checkers.map((one: Told) => ['checker', one])] as [
    ApprovedBy['role'],
    Told,
  ][]) {
    const who = role === 'maker' ? 'The maker' : 'A checker';
    if (role === 'checker' && (each.person === null || each.person === undefined || !each.signature)) {
      return `${who} stands there without a signature.`;
    }
    if (each.person !== null && each.person !== undefined) {
      if (persons.has(each.person)) return 'One person stands there twice: these were no four eyes.';
      persons.add(each.person);
    }
    const signature = checkSignature(role, each, common, primitives);
    if (signature === 'wrong') return `${who}’s signature does not fit what was approved.`;
    const { operator, name } = each;
    const atMs = Number(role === 'maker' ? each.askedAtMs : each.votedAtMs);
    people.push({
      role,
      operator: String(operator),
      name: typeof name === 'string' ? name : null,
      atMs,
      signature,
    });
  }
  if (people.length < 2) return 'Nobody but the maker stands there.';
  return people;
}

function checkSignature(
  role: ApprovedBy['role'],
  each: Told,
  common: Told,
  primitives: Primitives,
): ApprovedBy['signature'] | 'wrong' {
  if (role === 'maker' && each.operator === 'system') return 'system';
  const { person, suite, onBehalfOf = null, reason = null } = each;
  if (typeof each.publicKey !== 'string' || typeof each.signature !== 'string') return 'key-missing';
  const publicKey = fromBase64(each.publicKey);
  const signature = fromBase64(each.signature);
  if (publicKey === undefined || signature === undefined) return 'wrong';
  if (!equal(utf8(toHex(primitives.sha256(publicKey))), utf8(String(person)))) return 'wrong';
  const decision = role === 'maker' ? 'ask' : 'approve';
  const own = role === 'maker' ? { onBehalfOf: null, reason: null } : { onBehalfOf, reason };
  const message = utf8(canonical({ ...common, decision, person, ...own }));
  return hybridFits(suite, publicKey, message, signature, primitives) ? 'checked' : 'wrong';
}
