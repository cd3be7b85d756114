import { afterAll, beforeAll, expect, test } from 'vitest';
import { mlKem1024 } from '../../src/main/crypto/index.ts';
import type { HsmClient } from '../../src/main/hsm/client.ts';
import { OP } from '../../src/main/hsm/frames.ts';
import { keyId, makeToken, openToken, PIN, type SoftFolder, softFolder, startClient } from './support.ts';

let soft: SoftFolder;
let client: HsmClient;

beforeAll(async () => {
  soft = softFolder();
  await makeToken(soft.choice, 'one');
  client = await openToken(soft.choice, 'one');
});
afterAll(() => {
  client.kill();
  soft.remove();
});

const make = (name: string, algorithm: Parameters<typeof client.call<'generate'>>[1]['algorithm']) =>
  client.call('generate', { keyId: keyId(name), algorithm, label: name, mayMigrate: false }, 30_000);

test.each(['P-256', 'Ed25519', 'RSA-2048', 'ML-DSA-65', 'ML-DSA-87'] as const)(
  'a key of %s signs, and others can verify it',
  async (algorithm) => {
    const ref = await make(algorithm, algorithm);
    const { number } = await client.call('use', ref);
    const message = Buffer.from('pay nobody');
    const signature = await client.use(OP.sign, number, message);
    const asked = { ...ref, message: message.toString('base64'), signature: signature.toString('base64') };
    expect(await client.call('verify', asked)).toEqual({ valid: true });
    signature[7]! ^= 1;
    const changed = { ...asked, signature: signature.toString('base64') };
    expect(await client.call('verify', changed)).toEqual({ valid: false });
  },
);

test('SoftHSM carries no post-quantum key itself: its seed is sealed under the token', async () => {
  const ref = await make('pq', 'ML-DSA-65');
  expect(ref.way).toBe('sealed');
  expect(ref.sealedSeed).not.toBeNull();
  // Bound to its key: under another name the token opens nothing.
  const foreign = { ...ref, keyId: keyId('another') };
  await expect(client.call('use', foreign)).rejects.toMatchObject({ code: 'HSM_KEY_CHANGED' });
});

test('ML-KEM decapsulates in the process, AES-GCM seals on the token', async () => {
  const kem = await make('kem', 'ML-KEM-1024');
  const { number } = await client.call('use', kem);
  const { ciphertext, sharedSecret } = mlKem1024.encapsulate(Buffer.from(kem.publicKey, 'base64'), (bytes) =>
    crypto.getRandomValues(bytes),
  );
  const opened = await client.call('decapsulate', { number, ciphertext: ciphertext.toString('base64') });
  expect(Buffer.from(opened.sharedSecret, 'base64')).toEqual(sharedSecret);

  const aes = await client.call('use', await make('aes', 'AES-256'));
  const sealed = await client.use(OP.encrypt, aes.number, Buffer.from('a secret'));
  expect((await client.use(OP.decrypt, aes.number, sealed)).toString()).toBe('a secret');
  sealed[15]! ^= 1;
  await expect(client.use(OP.decrypt, aes.number, sealed)).rejects.toMatchObject({ code: 'HSM_KEY_CHANGED' });
});

test('five hundred requests at once are each answered with their own signature', async () => {
  const ref = await make('many', 'Ed25519');
  const { number } = await client.call('use', ref);
  const messages = Array.from({ length: 500 }, (_, i) => Buffer.from(`message ${i}`));
  const signatures = await Promise.all(messages.map((message) => client.use(OP.sign, number, message)));
  expect(new Set(signatures.map((signature) => signature.toString('hex'))).size).toBe(500);
  for (const at of [0, 250, 499]) {
    const asked = {
      ...ref,
      message: messages[at]!.toString('base64'),
      signature: signatures[at]!.toString('base64'),
    };
    expect(await client.call('verify', asked)).toEqual({ valid: true });
  }
});

test('keys are found by their ids, and a destroyed one signs no more', async () => {
  const ref = await make('short-lived', 'P-256');
  const { number } = await client.call('use', ref);
  expect((await client.call('find', null)).keys.map((key) => key.keyId)).toContain(ref.keyId);
  expect(await client.call('destroy', { keyId: ref.keyId })).toEqual({ destroyed: 2 });
  await expect(client.use(OP.sign, number, Buffer.from('x'))).rejects.toThrow();
  await expect(client.call('use', ref)).rejects.toMatchObject({ code: 'HSM_KEY_UNKNOWN' });
});

test('a swapped public half is told before a signature leaves', async () => {
  const [one, two] = [await make('one', 'Ed25519'), await make('two', 'Ed25519')];
  const other = await openToken(soft.choice, 'one');
  const { number } = await other.call('use', { ...one, publicKey: two.publicKey });
  await expect(other.use(OP.sign, number, Buffer.from('x'))).rejects.toMatchObject({
    code: 'HSM_SIGNATURE_WRONG',
  });
  other.kill();
});

test('each refusal has its code', async () => {
  const other = startClient();
  const missing = { path: '/none/lib.so', environment: {}, token: { label: 'one' } };
  await expect(other.call('open', missing)).rejects.toMatchObject({ code: 'HSM_LIBRARY_MISSING' });
  await expect(other.call('check', null)).rejects.toMatchObject({ code: 'HSM_SESSION_LOST' });
  other.kill();
  const third = startClient();
  const wrong = { ...soft.choice, token: { label: 'nobody' } };
  await expect(third.call('open', wrong)).rejects.toMatchObject({ code: 'HSM_TOKEN_MISSING' });
  await third.call('open', { ...soft.choice, token: { label: 'one' } });
  await expect(third.call('login', { pin: `${PIN}x` })).rejects.toMatchObject({ code: 'HSM_PIN_WRONG' });
  const under = third.call('random', { bytes: 8 });
  third.kill();
  await expect(under).rejects.toMatchObject({ code: 'HSM_CRASHED' });
  await expect(third.call('check', null)).rejects.toMatchObject({ code: 'HSM_CRASHED' });
});
