import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { idFromText } from '../../src/main/base/index.ts';
import { completeHeader, readHeader, type VaultHeader, writeHeader } from '../../src/main/vault/header.ts';
import type { NewSlot, SlotChange, SlotOpener, SlotSecret, Vault } from '../../src/main/vault/index.ts';
import { deriveKeys } from '../../src/main/vault/root-keys.ts';
import {
  CALLER,
  clock,
  codeOf,
  open,
  opening,
  ROOT_KEY,
  rekey,
  SETTINGS,
  type SlotVault,
  settle,
  slotVault,
} from './slot-support.ts';

let place: SlotVault;
let vault: Vault;
let recorded: SlotChange[];
const record = (change: SlotChange) => void recorded.push(change);
const proof = { rootKey: ROOT_KEY };

beforeEach(async () => {
  place = await slotVault();
  vault = place.vault;
  recorded = [];
});
afterEach(() => {
  vault.close();
  place.remove();
});

const add = (slot: NewSlot, label?: string) =>
  vault.slots.add({ proof, slot, ...(label === undefined ? {} : { label }), ...CALLER }, record);
const rehearse = (secret: SlotSecret, slotId?: string) =>
  vault.slots.rehearse({ secret, slotId, ...CALLER }, record);
/** How an opening ends with the vault closed for it. */
async function outcome(secret: SlotSecret): Promise<string> {
  vault.close();
  const code = await opening(place.directory, secret);
  vault = await open(place.directory, { recoveryKey: place.first.recoveryKey });
  return code;
}

describe('adding', () => {
  test('grows the header by one generation and says so in the log; the label stays inside the vault', async () => {
    const before = readHeader(place.directory);
    const { info, made } = await add({ kind: 'recovery-key' }, 'Safe of Frau Müller');
    expect(info).toMatchObject({
      kind: 'recovery-key',
      label: 'Safe of Frau Müller',
      lastRehearsedAtMs: null,
    });
    expect(recorded).toMatchObject([
      { kind: 'added', slotId: info.id, generation: before.generation + 1, ...CALLER },
    ]);
    expect(vault.generation).toBe(before.generation + 1);
    expect(vault.meta('generation')).toBe(String(before.generation + 1));
    const text = readFileSync(join(place.directory, 'slots.json'), 'utf8');
    expect(text).not.toContain('Müller');
    expect(text).not.toContain(made.recoveryKey!.slice(0, 9));
    expect(await outcome({ recoveryKey: made.recoveryKey! })).toBe('opened');
    expect(vault.slots.list()[2]).toMatchObject({ label: 'Safe of Frau Müller' });
  });

  test.each<[string, NewSlot, string]>([
    ['a weak passphrase', { kind: 'passphrase', passphrase: 'password2026!' }, 'VAULT_PASSPHRASE_WEAK'],
    ['the vault by its name', { kind: 'passphrase', passphrase: 'deskdeskdesk' }, 'VAULT_PASSPHRASE_WEAK'],
    ['1 of 3', { kind: 'recovery-quorum', threshold: 1, shares: 3 }, 'VAULT_QUORUM_IMPOSSIBLE'],
    ['4 of 3', { kind: 'recovery-quorum', threshold: 4, shares: 3 }, 'VAULT_QUORUM_IMPOSSIBLE'],
    ['2 of 17', { kind: 'recovery-quorum', threshold: 2, shares: 17 }, 'VAULT_QUORUM_IMPOSSIBLE'],
    ['a token that is not there', { kind: 'token' }, 'VAULT_TOKEN_MISSING'],
  ])('is refused for %s, and leaves the header as it was', async (_, slot, code) => {
    const before = readFileSync(join(place.directory, 'slots.json'), 'utf8');
    expect(await codeOf(() => add(slot))).toBe(code);
    expect(readFileSync(join(place.directory, 'slots.json'), 'utf8')).toBe(before);
    expect(recorded).toEqual([]);
  });

  test('needs the secret of a slot that is there', async () => {
    const wrong = { proof: { recoveryKey: 'AAAA' }, slot: { kind: 'recovery-key' } as const, ...CALLER };
    expect(await codeOf(() => vault.slots.add(wrong, record))).toBe('VAULT_RECOVERY_KEY_INVALID');
    const other = { ...wrong, proof: { rootKey: Buffer.alloc(32, 1) } };
    expect(await codeOf(() => vault.slots.add(other, record))).toBe('VAULT_HEADER_INVALID');
  });

  test('ends where the header is full', async () => {
    while (vault.slots.list().length < 64) await add({ kind: 'recovery-key' });
    expect(await codeOf(() => add({ kind: 'recovery-key' }))).toBe('VAULT_SLOTS_FULL');
    const change = { replace: place.second.id, by: { kind: 'recovery-key' } } as const;
    const result = await rekey(vault, { proof, change });
    vault = result.vault!;
    expect([result.outcome, vault.slots.list().length]).toEqual(['done', 64]);
  }, 20_000);

  test('that a crash cut off before the record is recorded at the next opening', async () => {
    const thrown = new Error('the log is full');
    const failing = () => {
      throw thrown;
    };
    const options = { proof, slot: { kind: 'recovery-key' } as const, label: 'late', ...CALLER };
    await expect(vault.slots.add(options, failing)).rejects.toBe(thrown);
    expect(vault.slots.list()).toHaveLength(3);
    vault.close();
    vault = await open(place.directory, { recoveryKey: place.first.recoveryKey });
    expect(settle(vault)).toMatchObject([{ kind: 'added', slotId: vault.slots.list()[2]!.id }]);
    expect(vault.slots.list()[2]).toMatchObject({ label: 'late' });
    expect(settle(vault)).toEqual([]);
  });
});

describe('rehearsing', () => {
  test('proves that a slot opens, and changes no file but for the note inside', async () => {
    const before = readFileSync(join(place.directory, 'slots.json'), 'utf8');
    const info = await rehearse({ recoveryKey: place.second.recoveryKey });
    expect(info).toMatchObject({
      id: place.second.id,
      label: 'second',
      lastRehearsedAtMs: expect.any(Number),
    });
    expect(readFileSync(join(place.directory, 'slots.json'), 'utf8')).toBe(before);
    expect(recorded).toMatchObject([{ kind: 'rehearsed', slotId: place.second.id }]);
    vault.close();
    vault = await open(place.directory, { recoveryKey: place.first.recoveryKey });
    expect(vault.slots.list().map((slot) => slot.lastRehearsedAtMs !== null)).toEqual([false, true]);
  });

  test.each<[string, () => [SlotSecret, string?], string]>([
    [
      'a passphrase where no slot has one',
      () => [{ passphrase: 'whatever it is' }],
      'VAULT_PASSPHRASE_WRONG',
    ],
    [
      'the secret of another slot than the one named',
      () => [{ recoveryKey: place.first.recoveryKey }, place.second.id],
      'VAULT_RECOVERY_KEY_INVALID',
    ],
    ['a slot that is not there', () => [{ recoveryKey: place.first.recoveryKey }, 'x'], 'VAULT_SLOT_UNKNOWN'],
    ['a token that is not there', () => [{ token: true }], 'VAULT_TOKEN_MISSING'],
    ['no share', () => [{ shares: [] }], 'VAULT_QUORUM_SHORT'],
  ])('refuses %s', async (_, options, code) => {
    expect(await codeOf(() => rehearse(...options()))).toBe(code);
    expect(recorded).toEqual([]);
    expect(vault.slots.list().every((slot) => slot.lastRehearsedAtMs === null)).toBe(true);
  });
});

describe('a recovery quorum', () => {
  let shares: readonly string[];
  beforeEach(async () => {
    shares = (await add({ kind: 'recovery-quorum', threshold: 3, shares: 5 })).made.shares;
  });
  const changed = (text: string) => text.replace(/.$/, (c) => (c === '7' ? '8' : '7'));

  test('opens by any three of its five shares, typed as people type', async () => {
    expect(shares).toHaveLength(5);
    for (const share of shares) expect(share).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){15}[0-9A-HJKMNP-TV-Z]{4}$/);
    const [a, b, c, d, e] = shares as [string, string, string, string, string];
    for (const some of [
      [a, b, c],
      [e, c, a],
      [b, d, e],
      [a, b, c, d, e],
    ])
      expect(await outcome({ shares: some })).toBe('opened');
    expect(await outcome({ shares: [a.toLowerCase().replaceAll('-', ' '), b.replaceAll('-', ''), c] })).toBe(
      'opened',
    );
    expect(vault.slots.list()[2]).toMatchObject({ quorum: { threshold: 3, shares: 5 } });
  });

  test.each<[string, () => string[], string, string?]>([
    ['two of them', () => [shares[0]!, shares[1]!], 'VAULT_QUORUM_SHORT'],
    ['one twice', () => [shares[0]!, shares[1]!, shares[0]!], 'VAULT_SHARE_INVALID', 'shares.2'],
    [
      'a slip of the pen',
      () => [shares[0]!, changed(shares[1]!), shares[2]!],
      'VAULT_SHARE_INVALID',
      'shares.1',
    ],
    [
      'one cut short',
      () => [shares[0]!.slice(0, -2), shares[1]!, shares[2]!],
      'VAULT_SHARE_INVALID',
      'shares.0',
    ],
  ])('refuses %s, and says which', async (_, some, code, path) => {
    const error = await rehearse({ shares: some() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, ...(path === undefined ? {} : { details: { path } }) });
    expect(JSON.stringify(error)).not.toContain(shares[0]!.slice(0, 9));
  });

  test('refuses shares of another vault and of another quorum of this one', async () => {
    const other = await slotVault();
    const slot = { kind: 'recovery-quorum', threshold: 3, shares: 5 } as const;
    const foreign = await other.vault.slots.add({ proof, slot, ...CALLER }, () => {});
    other.vault.close();
    other.remove();
    expect(await codeOf(() => rehearse({ shares: foreign.made.shares }))).toBe('VAULT_SHARE_INVALID');
    const second = (await add(slot)).made.shares;
    expect(await codeOf(() => rehearse({ shares: [...shares.slice(0, 2), second[0]!] }))).toBe(
      'VAULT_SHARE_INVALID',
    );
    expect(await codeOf(() => rehearse({ shares: second }))).toBe('no error');
  });

  test('stays through a rekey without its holders, and its old shares are out when it is replaced', async () => {
    const id = vault.slots.list()[2]!.id;
    vault = (await rekey(vault, { proof, change: { revoke: place.second.id } })).vault!;
    expect(await outcome({ shares: shares.slice(0, 3) })).toBe('opened');
    const by = { kind: 'recovery-quorum', threshold: 2, shares: 3 } as const;
    const keyed = { recoveryKey: place.first.recoveryKey };
    const result = await rekey(vault, { proof: keyed, change: { replace: id, by } });
    vault = result.vault!;
    expect(await outcome({ shares: shares.slice(0, 3) })).toBe('VAULT_SHARE_INVALID');
    expect(await outcome({ shares: result.outcome === 'done' ? result.made!.shares.slice(1) : [] })).toBe(
      'opened',
    );
  });
});

describe('a token', () => {
  /** A token that keeps what it seals to itself, as hardware does. */
  function fakeToken(): SlotOpener & { present: boolean } {
    const kept = new Map<string, Uint8Array>();
    const token = {
      present: true,
      async seal({ slotId, slotKey }: { slotId: string; slotKey: Uint8Array }) {
        kept.set(slotId, Uint8Array.from(slotKey));
        return { reference: `fake:${slotId}`, sealedKey: Buffer.alloc(48, 1) };
      },
      async open({ slotId, reference }: { slotId: string; reference: string }) {
        return token.present && reference === `fake:${slotId}`
          ? Uint8Array.from(kept.get(slotId) ?? [])
          : undefined;
      },
    };
    return token;
  }

  test('opens its slot where it is there, also after a rekey in which it was not', async () => {
    const slotOpener = fakeToken();
    const settings = { ...SETTINGS, slotOpener };
    vault.close();
    vault = await open(place.directory, { recoveryKey: place.first.recoveryKey }, settings);
    const { info } = await add({ kind: 'token' }, 'HSM 1');
    expect(await rehearse({ token: true })).toMatchObject({ id: info.id, kind: 'token', label: 'HSM 1' });
    slotOpener.present = false;
    expect(await codeOf(() => rehearse({ token: true }))).toBe('VAULT_TOKEN_MISSING');
    const result = await rekey(vault, { proof, change: { revoke: place.second.id } }, settings);
    slotOpener.present = true;
    vault = result.vault!;
    vault.close();
    expect(await opening(place.directory, { token: true }, settings)).toBe('opened');
    expect(await opening(place.directory, { token: true })).toBe('VAULT_TOKEN_MISSING');
    vault = await open(place.directory, { token: true }, settings);
    // The recovery key is the last that a person can open, though the token would remain.
    expect(vault.slots.list().map(({ revocable }) => revocable)).toEqual([false, true]);
    const revoke = (id: string) =>
      vault.slots.prepareRekey({ proof: { token: true }, change: { revoke: id }, ...CALLER });
    expect(await codeOf(() => revoke(place.first.id))).toBe('VAULT_SLOT_LAST');
    const replace = { replace: place.first.id, by: { kind: 'token' } } as const;
    const prepare = vault.slots.prepareRekey({ proof: { token: true }, change: replace, ...CALLER });
    expect(await codeOf(() => prepare)).toBe('VAULT_SLOT_LAST');
  });
});

describe('revoking', () => {
  const prepare = (change: { revoke: string }, by: SlotSecret) =>
    codeOf(() => vault.slots.prepareRekey({ proof: by, change, ...CALLER }));

  test('is refused for the last slot, an unknown one, and on the word of the slot itself', async () => {
    const first = { recoveryKey: place.first.recoveryKey };
    expect(await prepare({ revoke: 'x' }, first)).toBe('VAULT_SLOT_UNKNOWN');
    expect(await prepare({ revoke: place.first.id }, first)).toBe('VAULT_SLOT_PROVES_ITSELF');
    vault = (await rekey(vault, { proof: first, change: { revoke: place.second.id } })).vault!;
    expect(await prepare({ revoke: place.first.id }, first)).toBe('VAULT_SLOT_LAST');
    expect(vault.slots.list()).toMatchObject([{ revocable: false }]);
  });
});

describe('a header exchanged while the vault is open', () => {
  const exchange = (change: (header: VaultHeader) => Partial<VaultHeader>) => {
    const { vaultId, generation, slots, previousRootKey, ...rest } = readHeader(place.directory);
    const content = { vaultId, generation, slots, previousRootKey };
    const keys = deriveKeys(ROOT_KEY, idFromText(vaultId)!);
    const next = { ...content, ...change({ ...content, ...rest }) };
    writeHeader(place.directory, completeHeader(next, keys.headerMacKey));
  };
  const attempt = () => codeOf(() => add({ kind: 'recovery-key' }));

  test('by an older one', async () => {
    exchange(({ generation }) => ({ generation: generation - 1 }));
    expect(await attempt()).toBe('VAULT_HEADER_ROLLED_BACK');
  });

  test('by an edited one', async () => {
    const path = join(place.directory, 'slots.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"generation": \d+/, '"generation": 9'));
    expect(await attempt()).toBe('VAULT_HEADER_INVALID');
  });

  test('by one of another vault', async () => {
    const other = await slotVault();
    const text = readFileSync(join(other.directory, 'slots.json'));
    other.vault.close();
    other.remove();
    writeFileSync(join(place.directory, 'slots.json'), text);
    expect(await attempt()).toBe('VAULT_HEADER_INVALID');
  });

  test('where the kind of a slot and the way it opens do not belong together', async () => {
    exchange(({ slots }) => ({ slots: slots.map((slot) => ({ ...slot, kind: 'passphrase' as const })) }));
    expect(await codeOf(() => rehearse({ passphrase: 'whatever it is' }))).toBe('VAULT_HEADER_INVALID');
  });
});

describe('an older header put back after an addition', () => {
  test('is refused by its generation', async () => {
    const old = readFileSync(join(place.directory, 'slots.json'));
    await add({ kind: 'recovery-key' });
    vault.close();
    writeFileSync(join(place.directory, 'slots.json'), old);
    expect(await opening(place.directory, { recoveryKey: place.first.recoveryKey })).toBe(
      'VAULT_HEADER_ROLLED_BACK',
    );
  });
});

describe('passphrases', () => {
  const PASSPHRASE = 'gravel Orchid 7 window Tuba lantern';
  const runtime = clock(Date.now());
  const settings = { ...SETTINGS, runtime, publicPassphrase: 'printed in the manual' };
  let real: SlotVault;
  beforeAll(async () => {
    real = await slotVault(settings);
    await real.vault.slots.add(
      { proof, slot: { kind: 'passphrase', passphrase: PASSPHRASE }, ...CALLER },
      () => {},
    );
    real.vault.close();
  });
  afterAll(() => real.remove());
  const attempt = (passphrase: string) => opening(real.directory, { passphrase }, settings);

  test('ten wrong ones: the wait grows, is the same for right and wrong, and ends with the right one', async () => {
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      expect(await attempt(`wrong one ${i}`)).toBe('VAULT_PASSPHRASE_WRONG');
      const held = await open(real.directory, { passphrase: PASSPHRASE }, settings).catch((error) => error);
      if (i < 2) {
        held.close();
        // The right one took the brake off, so the wrong ones are counted from the start.
        for (let j = 0; j <= i; j += 1) expect(await attempt(`again ${j}`)).toBe('VAULT_PASSPHRASE_WRONG');
        continue;
      }
      expect(held).toMatchObject({ code: 'VAULT_BACKING_OFF' });
      waits.push(held.details.retryAfterMs);
      expect(await attempt('another wrong one')).toBe('VAULT_BACKING_OFF');
      runtime.nowIsMs += held.details.retryAfterMs;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128].map((seconds) => seconds * 1_000));
    expect(await attempt(PASSPHRASE)).toBe('opened');
    expect(await attempt('wrong once more')).toBe('VAULT_PASSPHRASE_WRONG');
    expect(await attempt(PASSPHRASE)).toBe('opened');
  }, 60_000);

  test('the one that is printed in the manual is nobody’s guess', async () => {
    for (let i = 0; i < 5; i += 1)
      expect(await attempt('printed in the manual')).toBe('VAULT_PASSPHRASE_WRONG');
    expect(await attempt(PASSPHRASE)).toBe('opened');
  }, 30_000);

  test('a wrong one takes as long as the number of passphrase slots, whichever is nearest', async () => {
    const timed = async (passphrase: string) => {
      const startedMs = performance.now();
      expect(await attempt(passphrase)).toBe('VAULT_PASSPHRASE_WRONG');
      return performance.now() - startedMs;
    };
    const [far, near] = [await timed('x'), await timed(PASSPHRASE.slice(0, -1))];
    expect(Math.max(far, near) / Math.min(far, near)).toBeLessThan(5);
    expect(await attempt(PASSPHRASE)).toBe('opened');
  }, 30_000);
});
