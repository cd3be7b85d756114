/** Keys of ceremonies: each lies on every token that is configured, so that none dies with one machine. */
import { sha256 } from '../crypto/index.ts';
import { type HsmContext, SYSTEM, setSealingRoot } from './context.ts';
import { type KeyBook, refOf } from './key-book.ts';
import { hsmError } from './refusals.ts';
import type { CopyRow } from './store.ts';
import type { HeldToken, Tokens } from './tokens.ts';

const KEY_ID_BYTES = 16;

/** Which tokens are meant: all of them, serving, or those that serve, where one may be lost for good. */
type Reach = 'every' | 'serving';

/** What was prepared on the tokens; it counts once `write` was called in a transaction. */
interface Brought {
  /** How many seeds that are. */
  readonly moved: number;
  write(): void;
}

export interface PlacedKeys {
  /** Whether a key could be placed now: a token serves, or the embedded one can be made. */
  readonly possible: boolean;
  /** The tokens that a key is placed on, in words. Makes the embedded token where there is none. */
  describe(reach?: Reach): Promise<string>;
  /** Puts a key on the tokens, never to leave them. `name` tells it from every other key of this vault. */
  place(name: string, label: string, value: Uint8Array, reach?: Reach): Promise<void>;
  /** Check value as hex; undefined where no token holds the key, several where tokens differ. */
  checkValue(name: string, reach?: Reach): Promise<string | undefined>;
  /** Takes the key off every token there is. Throws `HSM_UNAVAILABLE` while one does not answer: it may hold a copy. */
  remove(name: string): Promise<void>;
  /** How many keys could not be used any more without this one. */
  lyingUnder(name: string): number;
  /**
   * Brings the seeds of post-quantum keys under a key that was placed: those that lie under `from` or
   * under a token's own key are sealed anew, and every token that holds the key serves all that lies
   * under it. New keys lie under it from then on.
   */
  bringUnder(name: string, from: string | null, reach?: Reach): Promise<Brought>;
}

export function createPlacedKeys(
  { vault, spawnHost, store, runtime, changed }: HsmContext,
  tokens: Tokens,
  book: KeyBook,
): PlacedKeys {
  /** By a hash, since tokens take short ids and may serve several vaults. */
  const idOf = (name: string) =>
    sha256(Buffer.from(`countersign placed key v1\n${vault.vaultId}\n${name}`, 'utf8'))
      .subarray(0, KEY_ID_BYTES)
      .toString('hex');

  function tokensIn(reach: Reach): HeldToken[] {
    const all = tokens.all();
    const serving = all.filter(({ link }) => link.ready);
    if (serving.length === 0 || (reach === 'every' && serving.length < all.length)) {
      throw hsmError('HSM_UNAVAILABLE', { expected: 'every configured token, with its session open' });
    }
    return serving;
  }

  /** Tokens that may hold what is real; software ones only where the policy lets them. */
  const allowed = (all: HeldToken[]) =>
    tokens.hardwareOnly ? all.filter(({ row }) => row.kind === 'hardware') : all;

  async function homes(reach: Reach): Promise<HeldToken[]> {
    if (tokens.all().length === 0) await tokens.setUpSoftware('Embedded', SYSTEM);
    const found = allowed(tokensIn(reach));
    if (found.length === 0) throw hsmError('HSM_POLICY_HARDWARE');
    return found;
  }

  /** Seeds in use that lie under a key, or under the tokens' own where none is named. */
  const seedsUnder = (id: string | null): CopyRow[] =>
    store.copies().filter((one) => one.way === 'sealed' && one.state === 'active' && one.sealedUnder === id);

  /** A seed sealed anew by the token that holds it. */
  async function resealed(copy: CopyRow, to: string): Promise<CopyRow> {
    const { link } = tokens.get(copy.tokenId);
    const { sealedSeed } = await link.call('reseal', { ...refOf(store.key(copy.keyId)!, copy), to });
    return { ...copy, sealedSeed: Buffer.from(sealedSeed, 'base64'), sealedUnder: to };
  }

  /** A seed that lies under the key already, for a token that has got the key and not the seed. */
  function shared(copy: CopyRow, tokenId: number): CopyRow {
    const origin = { originTokenId: null, originRun: null, wrappedWith: null };
    return { ...copy, ...origin, tokenId, madeAtMs: runtime.nowMs() };
  }

  /** Tokens that hold a key. */
  async function holdersOf(id: string, reach: Reach): Promise<HeldToken[]> {
    const holders: HeldToken[] = [];
    for (const token of tokensIn(reach)) {
      const { checkValue } = await token.link.call('checkPlaced', { keyId: id });
      if (checkValue !== null) holders.push(token);
    }
    return holders;
  }

  /** Copies that these tokens lack of what lies under a key, each seen to open there. */
  async function lacking(holders: HeldToken[], seeds: readonly CopyRow[], id: string): Promise<CopyRow[]> {
    const made: CopyRow[] = [];
    for (const copy of new Map(seeds.map((one) => [one.keyId, one])).values()) {
      const known = new Set(store.copiesOf(copy.keyId).map(({ tokenId }) => tokenId));
      for (const { row, link } of holders) {
        if (known.has(row.id)) continue;
        const own = shared(copy, row.id);
        await link.call('reseal', { ...refOf(store.key(copy.keyId)!, own), to: id });
        made.push(own);
      }
    }
    return made;
  }

  return {
    get possible() {
      if (spawnHost === undefined) return false;
      const all = tokens.all();
      return all.length === 0 ? !tokens.hardwareOnly : allowed(all).some(({ link }) => link.ready);
    },
    async describe(reach = 'every') {
      return (await homes(reach)).map(({ row }) => `${row.name} (${row.serial})`).join(', ');
    },
    async place(name, label, value, reach = 'every') {
      const text = Buffer.from(value).toString('base64');
      for (const { link } of await homes(reach))
        await link.call('place', { keyId: idOf(name), label, value: text });
      tokens.embedded.keep();
    },
    async checkValue(name, reach = 'every') {
      const values = new Set<string>();
      for (const { link } of tokensIn(reach)) {
        const { checkValue } = await link.call('checkPlaced', { keyId: idOf(name) });
        if (checkValue !== null) values.add(checkValue);
      }
      return values.size === 0 ? undefined : [...values].join(' and ');
    },
    async remove(name) {
      if (tokens.all().length === 0) return;
      for (const { link } of tokensIn('every')) await link.call('destroy', { keyId: idOf(name) });
      tokens.embedded.keep();
    },
    lyingUnder: (name) => new Set(seedsUnder(idOf(name)).map(({ keyId }) => keyId)).size,
    async bringUnder(name, from, reach = 'every') {
      const id = idOf(name);
      const holders = await holdersOf(id, reach);
      const holds = new Set(holders.map(({ row }) => row.id));
      const old = from === null ? [] : seedsUnder(idOf(from));
      if (old.some(({ tokenId }) => !holds.has(tokenId))) throw hsmError('HSM_POLICY_HARDWARE');
      const anew: CopyRow[] = [];
      for (const copy of [...old, ...seedsUnder(null).filter(({ tokenId }) => holds.has(tokenId))]) {
        anew.push(await resealed(copy, id));
      }
      const spread = await lacking(holders, [...seedsUnder(id), ...anew], id);
      return {
        moved: anew.length + spread.length,
        write() {
          for (const copy of [...anew, ...spread]) store.putCopy(copy);
          setSealingRoot(vault, id);
          vault.onCommit(() => {
            book.reload();
            changed();
          });
        },
      };
    },
  };
}
