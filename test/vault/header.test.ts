import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isCountersignError, systemRuntime as runtime } from '../../src/main/base/index.ts';
import { canonicalJsonBytes, sha256 } from '../../src/main/crypto/index.ts';
import { type CreatedVault, createVault, openVault } from '../../src/main/vault/index.ts';

/** One vault with real slots for the whole file, because each opening pays for Argon2id. */
const PASSPHRASE = 'correct horse battery staple';
let parent: string;
let directory: string;
let recoveryKey: string;
let header: string;
let created: CreatedVault;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'countersign-header-'));
  directory = join(parent, 'real.vault');
  created = await createVault({ directory, passphrase: PASSPHRASE, runtime, checkpoints: 'commit' });
  recoveryKey = created.recoveryKey;
  created.vault.close();
  header = readFileSync(join(directory, 'slots.json'), 'utf8');
});

afterAll(() => rmSync(parent, { recursive: true, force: true }));

type Secret = { passphrase: string } | { recoveryKey: string };

async function open(secret: Secret): Promise<string> {
  try {
    const vault = await openVault({ directory, ...secret, runtime, checkpoints: 'commit' });
    vault.close();
    return 'opened';
  } catch (error) {
    return isCountersignError(error) ? error.code : String(error);
  }
}

/** Opens with another header in place, and puts the right one back. */
async function openWithHeader(text: string, secret: Secret = { recoveryKey }): Promise<string> {
  writeFileSync(join(directory, 'slots.json'), text);
  try {
    return await open(secret);
  } finally {
    expect(readFileSync(join(directory, 'slots.json'), 'utf8')).toBe(text);
    writeFileSync(join(directory, 'slots.json'), header);
  }
}

/** The header with some of its fields changed and the plain checksum made to fit, as an attacker would. */
function edited(
  change: (fields: Record<string, unknown> & { slots: Record<string, unknown>[] }) => void,
): string {
  const { mac, checksum: _checksum, ...fields } = JSON.parse(header);
  change(fields);
  const checksum = sha256(canonicalJsonBytes(fields)).toString('hex');
  return JSON.stringify({ ...fields, checksum, mac });
}

describe('key slots', () => {
  test('the passphrase opens', async () => {
    expect(await open({ passphrase: PASSPHRASE })).toBe('opened');
  });

  test('the recovery key opens, in lower case too', async () => {
    expect(await open({ recoveryKey })).toBe('opened');
    expect(await open({ recoveryKey: recoveryKey.toLowerCase() })).toBe('opened');
  });

  test('composed and decomposed forms of a passphrase are one', async () => {
    const place = join(parent, 'umlaut.vault');
    const made = await createVault({
      directory: place,
      passphrase: 'Zürich-Zürich',
      runtime,
      checkpoints: 'commit',
    });
    made.vault.close();
    const vault = await openVault({
      directory: place,
      passphrase: 'Zu\u0308rich-Zu\u0308rich',
      runtime,
      checkpoints: 'commit',
    });
    vault.close();
  });

  test('wrong ones are refused by name, and leave every file as it was', async () => {
    const files = () =>
      readdirSync(directory).map((name) => [
        name,
        sha256(readFileSync(join(directory, name))).toString('hex'),
      ]);
    const before = files();
    expect(await open({ passphrase: `${PASSPHRASE} ` })).toBe('VAULT_PASSPHRASE_WRONG');
    expect(await open({ passphrase: '' })).toBe('VAULT_PASSPHRASE_WRONG');
    expect(await open({ recoveryKey: recoveryKey.replace(/.$/, (c) => (c === '7' ? '8' : '7')) })).toBe(
      'VAULT_RECOVERY_KEY_INVALID',
    );
    // The count of wrong passphrases lies beside them, and goes with the first right one.
    expect(files().filter(([name]) => name !== 'attempts.json')).toEqual(before);
    expect(await open({ passphrase: PASSPHRASE })).toBe('opened');
    expect(readdirSync(directory).sort()).toEqual(['lock.db', 'slots.json', 'vault.db']);
  });

  test('the header holds neither secret, and no root key', () => {
    expect(header).not.toContain(PASSPHRASE);
    expect(header).not.toContain(recoveryKey.slice(0, 9));
    expect(JSON.parse(header).slots.map((slot: { kind: string }) => slot.kind)).toEqual([
      'passphrase',
      'recovery-key',
    ]);
  });
});

describe('an edited header', () => {
  test('any flipped byte is refused', async () => {
    for (let at = 0; at < header.length; at += 97) {
      const text = `${header.slice(0, at)}${header[at] === 'A' ? 'B' : 'A'}${header.slice(at + 1)}`;
      const outcome = await openWithHeader(text);
      // A byte of white space between two fields may become a space that means nothing; none here does.
      expect([at, outcome]).toEqual([at, expect.stringMatching(/^VAULT_(HEADER_INVALID|FOREIGN)$/)]);
    }
  });

  test.each<
    [string, (fields: Record<string, unknown> & { slots: Record<string, unknown>[] }) => void, string]
  >([
    [
      'generation',
      (f) => {
        f.generation = 2;
      },
      'VAULT_HEADER_INVALID',
    ],
    [
      'a slot taken away',
      (f) => {
        f.slots.shift();
      },
      'VAULT_HEADER_INVALID',
    ],
    [
      'a slot twice',
      (f) => {
        f.slots.push(f.slots[0]!);
      },
      'VAULT_HEADER_INVALID',
    ],
    [
      'the creation time of a slot',
      (f) => {
        f.slots[0]!.createdAtMs = 1;
      },
      'VAULT_HEADER_INVALID',
    ],
    [
      'an unknown field',
      (f) => {
        f.extra = true;
      },
      'VAULT_HEADER_INVALID',
    ],
    [
      'a public key of another length',
      (f) => {
        f.slots[0]!.publicKey = 'AAAA';
      },
      'VAULT_HEADER_INVALID',
    ],
    [
      'the vault id',
      (f) => {
        f.vaultId = '00000000-0000-4000-8000-000000000000';
      },
      'VAULT_RECOVERY_KEY_INVALID',
    ],
    [
      'another format',
      (f) => {
        f.format = 'something';
      },
      'VAULT_FOREIGN',
    ],
    [
      'a newer version',
      (f) => {
        f.version = 3;
      },
      'VAULT_SCHEMA_NEWER',
    ],
  ])('with its checksum made to fit is refused all the same: %s', async (_, change, code) => {
    expect(await openWithHeader(edited(change))).toBe(code);
  });

  test('the wrapped root key of a slot swapped for that of the other', async () => {
    const text = edited((fields) => {
      const [first, second] = fields.slots;
      fields.slots[1] = {
        ...second,
        encapsulation: first!.encapsulation,
        sealedRootKey: first!.sealedRootKey,
      };
    });
    expect(await openWithHeader(text)).toBe('VAULT_HEADER_INVALID');
  });

  test.each([
    ['memory that would hold the workstation', { memoryKiB: 64 * 1024 * 1024 }],
    ['memory that would weaken the passphrase', { memoryKiB: 8 }],
    ['too many passes', { passes: 1_000_000 }],
    ['no pass', { passes: 0 }],
    ['too many lanes', { lanes: 255 }],
  ])('Argon2id parameters are bounded before use: %s', async (_, cost) => {
    const text = edited((fields) => {
      const slot = fields.slots[0]!;
      slot.opening = { ...(slot.opening as object), ...cost };
    });
    const startedAtMs = performance.now();
    expect(await openWithHeader(text, { passphrase: PASSPHRASE })).toBe('VAULT_HEADER_INVALID');
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });

  test.each([
    ['cut short', (text: string) => text.slice(0, text.length / 2), 'VAULT_HEADER_INVALID'],
    ['empty', () => '', 'VAULT_HEADER_INVALID'],
    ['no JSON', () => 'slots', 'VAULT_HEADER_INVALID'],
    ['another kind of JSON', () => '[1]', 'VAULT_FOREIGN'],
  ])('a file that is %s', async (_, change, code) => {
    expect(await openWithHeader(change(header))).toBe(code);
  });

  test('a header of another vault, which its own secret opens', async () => {
    const place = join(parent, 'other.vault');
    const other = await createVault({
      directory: place,
      passphrase: 'another passphrase',
      runtime,
      checkpoints: 'commit',
    });
    other.vault.close();
    const text = readFileSync(join(place, 'slots.json'), 'utf8');
    expect(await openWithHeader(text, { recoveryKey: other.recoveryKey })).toBe('VAULT_FOREIGN');
    expect(await openWithHeader(text)).toBe('VAULT_RECOVERY_KEY_INVALID');
  });
});
