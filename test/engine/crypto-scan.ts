/**
 * Finds every call of a cryptographic primitive in source text. What it does not understand it
 * answers as an algorithm of no known name, so that the check that reads it fails.
 */

export interface CryptoCall {
  readonly path: string;
  readonly line: number;
  /** Name in the registry, or what stands in the source where it has none. */
  readonly algorithm: string;
}

/** What Node, a library or a pragma calls it, and what the registry does. */
const NAMES: Readonly<Record<string, string>> = {
  'hash sha256': 'SHA-256',
  'hash sha3-256': 'SHA3-256',
  'hash shake256': 'SHAKE256',
  'hmac sha256': 'HMAC-SHA-256',
  'hmac sha1': 'HMAC-SHA-1',
  'hkdf sha256': 'HKDF-SHA-256',
  'cipher aes-256-gcm': 'AES-256-GCM',
  'pragma chacha20': 'ChaCha20-Poly1305',
  'module @node-rs/argon2': 'Argon2id',
  'noble ml_kem512': 'ML-KEM-512',
  'noble ml_kem768': 'ML-KEM-768',
  'noble ml_kem1024': 'ML-KEM-1024',
  'noble ml_dsa44': 'ML-DSA-44',
  'noble ml_dsa65': 'ML-DSA-65',
  'noble ml_dsa87': 'ML-DSA-87',
  'noble falcon512': 'Falcon-512',
  'noble falcon512padded': 'Falcon-512',
  'noble ml_kem768_x25519': 'X-Wing',
  'noble ed25519': 'Ed25519',
  'noble x25519': 'X25519',
  'noble sha256': 'SHA-256',
  'random randomBytes': 'Random bytes of the system',
  'random randomFillSync': 'Random bytes of the system',
  'random randomUUID': 'Random bytes of the system',
};

/** The first argument where it is plain text, else `?`. */
const ARGUMENT = String.raw`\(\s*(?:(['"\`])([^'"\`$]+)\1|([^)]))`;

interface Pattern {
  readonly kind: string;
  readonly pattern: RegExp;
}

const call = (kind: string, names: string): Pattern => ({
  kind,
  pattern: new RegExp(String.raw`(?<![\w.#])(?:nodeCrypto\.|crypto\.)?(?:${names})${ARGUMENT}`, 'g'),
});

/** Calls whose first argument names the algorithm. */
const CALLS: readonly Pattern[] = [
  call('hash', 'createHash|hash'),
  call('hmac', 'createHmac'),
  call('hkdf', 'hkdfSync|hkdf'),
  call('cipher', 'createCipheriv|createDecipheriv'),
  call('sign', 'createSign|createVerify'),
  call('key pair', 'generateKeyPairSync|generateKeyPair'),
  call('curve', 'createECDH|createDiffieHellman|createDiffieHellmanGroup|getDiffieHellman'),
];

/** What is told by its own name, wherever it stands. */
const WORDS: readonly Pattern[] = [
  { kind: 'random', pattern: /(?<!runtime\.|\w)(randomBytes|randomFillSync|randomUUID|randomInt)\(/g },
  { kind: 'weak random', pattern: /Math\.(random)\(/g },
  { kind: 'kdf', pattern: /\b(pbkdf2Sync|pbkdf2|scryptSync|scrypt)\(/g },
  { kind: 'rsa', pattern: /\b(publicEncrypt|privateDecrypt|privateEncrypt|publicDecrypt)\(/g },
  { kind: 'web crypto', pattern: /\b(?:crypto|webcrypto)\.(subtle)\b/g },
  { kind: 'pragma', pattern: /cipher = '([a-z0-9]+)'/g },
  { kind: 'module', pattern: /from '(@node-rs\/argon2)'/g },
  {
    kind: 'module',
    pattern: /from '(node:tls|node:https|node:http2|tweetnacl|elliptic|node-forge|crypto-js)'/g,
  },
];

const NOBLE = /(?:import(?: type)? \{([^}]*)\} from|import\()\s*'(@noble\/[\w/.-]+)'/g;
/** Files of noble that carry no algorithm of their own. */
const NOBLE_HELPERS = /^(DSA|KEM|MLKEM|Signer)$/;

const isComment = (line: string): boolean => /^\s*(\*|\/\/|\/\*)/.test(line);

/** Every call in a file. */
export function cryptoCalls(path: string, source: string): CryptoCall[] {
  const text = source
    .split('\n')
    .map((line) => (isComment(line) ? '' : line))
    .join('\n');
  const lineAt = (index: number) => text.slice(0, index).split('\n').length;
  const found = (index: number, key: string): CryptoCall => ({
    path,
    line: lineAt(index),
    algorithm: NAMES[key] ?? key,
  });
  const usesNodeCrypto = text.includes("'node:crypto'");
  const calls = CALLS.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)]
      .filter((match) => usesNodeCrypto && !isDeclaration(text, match.index))
      .map((match) => found(match.index, `${kind} ${match[2]?.toLowerCase() ?? '?'}`)),
  );
  const words = WORDS.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)]
      .filter((match) => !isDeclaration(text, match.index) && !isMember(text, match.index))
      .map((match) => found(match.index, `${kind} ${match[1]}`)),
  );
  const noble = [...text.matchAll(NOBLE)].flatMap((match) =>
    (match[1] ?? '')
      .split(',')
      .map((name) =>
        name
          .trim()
          .split(' as ')[0]!
          .replace(/^type /, ''),
      )
      .filter((name) => name !== '' && !NOBLE_HELPERS.test(name))
      .map((name) => found(match.index, `noble ${name}`)),
  );
  return [...calls, ...words, ...noble].sort((a, b) => a.line - b.line);
}

/** `randomBytes(length: number)` in an interface or an object is no call. */
function isDeclaration(text: string, index: number): boolean {
  const rest = text.slice(index, text.indexOf('\n', index));
  return /^\w+\(\w+(\?)?: /.test(rest) || /^(randomBytes|randomUUID): \(/.test(rest);
}

/** A method of something else (`runtime.randomBytes`) is not the primitive. */
const isMember = (text: string, index: number): boolean =>
  text[index - 1] === '.' &&
  !/(nodeCrypto|crypto|Math|webcrypto)\.$/.test(text.slice(Math.max(0, index - 12), index));
