/**
 * Argon2id is asked the same question again by every command that a test gives: the same passphrase, salt and
 * cost. It is answered by the real one the first time in a process, and from memory from then on. What is
 * remembered is a hash of the question, and every answer is a copy, which may be zeroised.
 */
import { createRequire } from 'node:module';
import { sha256 } from '../../src/main/crypto/sha256.ts';

type HashRaw = typeof import('@node-rs/argon2').hashRaw;

const binding = createRequire(import.meta.url)('@node-rs/argon2') as { hashRaw: HashRaw };
const { hashRaw } = binding;
const known = new Map<string, Promise<Buffer>>();

const hex = (bytes: string | Uint8Array) => Buffer.from(bytes as Uint8Array).toString('hex');

binding.hashRaw = async (passphrase, options) => {
  const { salt = '', ...cost } = options ?? {};
  const question = JSON.stringify([hex(passphrase), hex(salt), cost]);
  const key = hex(sha256(Buffer.from(question)));
  const answer = known.get(key) ?? hashRaw(passphrase, options);
  known.set(key, answer);
  return Buffer.from(await answer);
};
