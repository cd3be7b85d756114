import { combine, type Share, sha256, split, zeroise } from '../crypto/index.ts';
import { fromBase64, type ScriptStep, type TranscriptHeader } from '../proof/index.ts';
import { type CeremoniesContext, type KeyHome, type Reach, refuse } from './context.ts';
import { readShare } from './reading.ts';
import { checkValueOf, fingerprintOf, installedKey } from './root-key.ts';
import { CEREMONIES_CLASS, SECRET_PLACE, SHARE_PLACE } from './sealed-columns.ts';
import { commitmentOf, markOf, proveQuorums, SHARE_SECRET_BYTES, type WrittenShare } from './shares.ts';
import type { CeremonyRow, KeyRow, ShareRow } from './store.ts';

export type Fact = readonly [name: string, text: string];

/** What a step writes, in the transaction that also writes the step; and the share it shows, once. */
export interface Done {
  readonly facts: readonly Fact[];
  write?(): void;
  readonly shown?: WrittenShare;
}

export interface ActInput {
  readonly row: CeremonyRow;
  readonly key: KeyRow;
  readonly header: TranscriptHeader;
  readonly step: ScriptStep;
  /** Words that were typed or scanned. */
  readonly typed: string | undefined;
  /** Is called before the tokens are asked for what they cannot forget. */
  beforeTokens(): void;
}

/** What each step does. Work with the token comes before the transaction and may be done again. */
export function createActs(context: CeremoniesContext) {
  const { sealing, runtime, store, home } = context;

  function token(): KeyHome {
    return home() ?? refuse('CEREMONY_NO_TOKEN', 'No token is there to hold the key.');
  }

  const sealSecret = (row: CeremonyRow, secret: Buffer): void => {
    if (row.secretSealedId !== null) sealing.erase(row.secretSealedId);
    const place = { ...SECRET_PLACE, applicationId: String(row.id) };
    const value = {
      purpose: 'compliance_vault',
      retentionClass: CEREMONIES_CLASS,
      plaintext: secret,
    } as const;
    store.setSecret(row.id, sealing.seal({ ...place, ...value }));
  };

  function secretOf({ id, secretSealedId }: CeremonyRow): Buffer {
    if (secretSealedId === null) throw new Error('ceremonies: the script has a step without its key');
    return sealing.open({ id: secretSealedId, ...SECRET_PLACE, applicationId: String(id) });
  }

  const openShare = ({ id, x, mark, sealedId }: ShareRow): WrittenShare => ({
    mark,
    x,
    y: sealing.open({ id: sealedId!, ...SHARE_PLACE, applicationId: String(id) }),
  });

  const sealShare = (id: number, y: Uint8Array): bigint =>
    sealing.seal({
      ...SHARE_PLACE,
      applicationId: String(id),
      purpose: 'compliance_vault',
      retentionClass: CEREMONIES_CLASS,
      plaintext: y,
    });

  /** Erases the copy of a share and says how it stands. */
  function settleShare({ id, sealedId }: ShareRow, state: ShareRow['state']): void {
    if (sealedId !== null) sealing.erase(sealedId);
    store.setShare(id, null, state);
  }

  /** Splits a secret among those who receive, as a new set of the key's shares. In a transaction. */
  function splitAmong({ row, key, header }: ActInput, secret: Buffer, shareSet: number): void {
    const receivers = header.participants.filter((one) => one.receives !== null);
    const fillRandom = (target: Uint8Array) => runtime.randomFill(target);
    const made = split({ secret, threshold: header.threshold, shares: receivers.length, fillRandom });
    const mark = markOf(fromBase64(header.nonce)!);
    for (const { operatorId, receives } of receivers) {
      const share = { mark, ...made[receives! - 1]! };
      const commitment = commitmentOf(share);
      const place = { keyId: key.id, shareSet, x: share.x, operatorId };
      const id = store.insertShare({ ...place, mark, commitment });
      store.setShare(id, sealShare(id, share.y), 'made');
      zeroise(share.y);
    }
    sealSecret(row, secret);
  }

  /**
   * The set of shares that this ceremony makes, or has made; another one may have begun a set that
   * never came to count.
   */
  const madeSet = ({ key, header }: ActInput): number => {
    const all = store.sharesOfKey(key.id);
    const own = all.find(({ mark }) => mark.equals(markOf(fromBase64(header.nonce)!)));
    return own?.shareSet ?? Math.max(0, ...all.map(({ shareSet }) => shareSet)) + 1;
  };

  const shareRow = (input: ActInput, shareSet: number): ShareRow =>
    store.shares(input.key.id, shareSet).find(({ x }) => x === input.step.share)!;

  /** Shares of one act come in the order of their numbers: those before this one were shown already. */
  const isTaken = (input: ActInput) => (x: number) => x < input.step.share!;

  /** A key is recovered because a token may be lost; everything else is about every token. */
  const reachOf = ({ row }: ActInput): Reach => (row.kind === 'recover' ? 'serving' : 'every');

  /** Nothing goes that other keys lie under. */
  function requireFree(place: KeyHome, keyId: number): void {
    const count = place.lyingUnder(keyId);
    if (count === 0) return;
    refuse('CEREMONY_KEY_IN_USE', 'Other keys lie under this one and would go with it.', {
      expected: 'no key under it; a rotation moves them',
      actual: `${count} keys`,
    });
  }

  const fingerprint = (input: ActInput, secret: Buffer) => fingerprintOf(secret, input.row.rehearsal);

  const acts: Record<ScriptStep['act'], (input: ActInput) => Done | Promise<Done>> = {
    assemble: ({ header }) => ({
      facts: header.participants.map(({ name, role, publicKey }) => [
        `${role} ${name}`,
        sha256(Buffer.from(publicKey, 'base64')).toString('hex'),
      ]),
    }),
    generate(input) {
      const secret = runtime.randomBytes(SHARE_SECRET_BYTES);
      return {
        facts: [
          ['fingerprint', fingerprint(input, secret)],
          ['source', 'random bytes of the operating system'],
          ['quorum', `${input.header.threshold} of ${input.header.shares}`],
        ],
        write() {
          store.setKey(input.key, { fingerprint: fingerprint(input, secret) });
          splitAmong(input, secret, madeSet(input));
          zeroise(secret);
        },
      };
    },
    'hand-out'(input) {
      const share = shareRow(input, madeSet(input));
      return {
        facts: [['commitment', share.commitment.toString('hex')]],
        shown: openShare(share),
      };
    },
    async 'read-back'(input) {
      const meant = shareRow(input, madeSet(input));
      const share = await readShare(input.typed ?? '', meant, isTaken(input));
      zeroise(share.y);
      return { facts: [['commitment', meant.commitment.toString('hex')]] };
    },
    prove(input) {
      const { row, key, header } = input;
      const shareSet = madeSet(input);
      const rows = store.shares(key.id, shareSet);
      const shares: Share[] = rows.map(openShare);
      const secret = secretOf(row);
      const { tried, holds } = proveQuorums(shares, header.threshold, secret);
      const print = fingerprint(input, secret);
      zeroise(secret, ...shares.map(({ y }) => y));
      if (!holds)
        refuse('CEREMONY_QUORUM_WRONG', 'The shares together do not give the key of this ceremony.');
      return {
        facts: [
          ['fingerprint', print],
          ['quorums tried', String(tried)],
        ],
        write() {
          for (const share of rows) settleShare(share, 'held');
        },
      };
    },
    async install(input) {
      const { row, key } = input;
      const place = token();
      const secret = secretOf(row);
      const value = installedKey(secret, row.rehearsal);
      const facts: Fact[] = [
        ['fingerprint', fingerprint(input, secret)],
        ['check value', checkValueOf(value)],
      ];
      try {
        const reach = reachOf(input);
        facts.push(['token', await place.describe(reach)]);
        input.beforeTokens();
        await place.install({ keyId: key.id, label: key.label, rehearsal: row.rehearsal }, value, reach);
      } finally {
        zeroise(secret, value);
      }
      return { facts };
    },
    async verify(input) {
      const { row, key } = input;
      const shown = await token().checkValue(key.id, reachOf(input));
      if (row.kind === 'destroy') {
        if (shown !== undefined) refuse('CEREMONY_NOT_VERIFIED', 'The key still lies in the token.');
        return { facts: [['token', 'holds no such key any more']] };
      }
      const secret = secretOf(row);
      const value = installedKey(secret, row.rehearsal);
      const meant = checkValueOf(value);
      const print = fingerprint(input, secret);
      zeroise(secret, value);
      if (shown !== meant) {
        refuse('CEREMONY_NOT_VERIFIED', 'What lies in the token is not the key of this ceremony.', {
          expected: `check value ${meant}`,
          actual: shown ?? 'no key',
        });
      }
      return {
        facts: [
          ['fingerprint', print],
          ['check value', meant],
        ],
        write: () => store.setKey(store.key(key.id)!, { state: 'active' }),
      };
    },
    async collect(input) {
      const meant = shareRow(input, input.key.shareSet);
      const brought = new Set(
        store.shares(input.key.id, input.key.shareSet).flatMap((one) => (one.sealedId === null ? [] : one.x)),
      );
      const share = await readShare(input.typed ?? '', meant, (x) => brought.has(x));
      return {
        facts: [['commitment', meant.commitment.toString('hex')]],
        write() {
          store.setShare(meant.id, sealShare(meant.id, share.y), 'held');
          zeroise(share.y);
        },
      };
    },
    join(input) {
      const { key, row } = input;
      const rows = store.shares(key.id, key.shareSet).filter(({ sealedId }) => sealedId !== null);
      if (rows.length < key.threshold) {
        refuse('CEREMONY_QUORUM_SHORT', 'Fewer shares were brought than the quorum needs.', {
          expected: `${key.threshold} shares`,
          actual: `${rows.length}`,
        });
      }
      const shares = rows.map(openShare);
      const secret = Buffer.from(combine(shares));
      zeroise(...shares.map(({ y }) => y));
      const print = fingerprint(input, secret);
      if (print !== key.fingerprint) {
        zeroise(secret);
        refuse('CEREMONY_QUORUM_WRONG', 'The shares together do not give the key of this ceremony.');
      }
      return {
        facts: [
          ['fingerprint', print],
          ['shares', rows.map(({ x }) => x).join(', ')],
        ],
        write() {
          for (const share of rows) settleShare(share, 'held');
          if (row.kind === 'replace-custodian') splitAmong(input, secret, madeSet(input));
          else sealSecret(row, secret);
          zeroise(secret);
        },
      };
    },
    async rewrap(input) {
      const { key, row } = input;
      // Nothing of the console ever lies under a rehearsal's key.
      if (row.rehearsal) return { facts: [['keys wrapped anew', '0']] };
      const from = row.kind === 'rotate' ? key.replaces : null;
      const { moved, write } = await token().bringUnder(key.id, from, reachOf(input));
      return { facts: [['keys wrapped anew', String(moved)]], write };
    },
    async retire({ key, beforeTokens }) {
      const old = store.key(key.replaces!)!;
      const place = token();
      requireFree(place, old.id);
      beforeTokens();
      await place.remove(old.id);
      return {
        facts: [['old key', old.fingerprint ?? '']],
        write() {
          store.setKey(old, { state: 'destroyed' });
          for (const share of store.shares(old.id, old.shareSet)) settleShare(share, 'void');
        },
      };
    },
    void(input) {
      const { key, header } = input;
      const old = store.shares(key.id, key.shareSet);
      return {
        facts: [['shares that count no more', old.map(({ x }) => x).join(', ')]],
        write() {
          for (const share of old) settleShare(share, 'void');
          store.setKey(key, { shareSet: madeSet(input), threshold: header.threshold });
        },
      };
    },
    async destroy({ key, beforeTokens }) {
      const place = token();
      requireFree(place, key.id);
      beforeTokens();
      await place.remove(key.id);
      return {
        facts: [['fingerprint', key.fingerprint ?? '']],
        write() {
          store.setKey(key, { state: 'destroyed' });
          for (const share of store.shares(key.id, key.shareSet)) settleShare(share, 'void');
        },
      };
    },
    close: ({ header }) => ({ facts: [['ceremony', `${header.kind} of ${header.keyLabel}`]] }),
  };

  return {
    run: (input: ActInput): Done | Promise<Done> => acts[input.step.act](input),
    /** Erases what is only there while a ceremony runs. In a transaction. */
    clear(row: CeremonyRow, key: KeyRow): void {
      if (row.secretSealedId !== null) {
        sealing.erase(row.secretSealedId);
        store.setSecret(row.id, null);
      }
      for (const share of store.sharesOfKey(key.id)) {
        const counts = share.shareSet === key.shareSet && key.state === 'active';
        const state = counts ? share.state : 'void';
        if (share.sealedId !== null || share.state !== state) settleShare(share, state);
      }
    },
    /** A key that never came into use leaves the tokens it may have been put on. */
    withdraw: async (key: KeyRow): Promise<void> => token().remove(key.id),
    /** Refuses the end of a key under which others lie, before anybody has typed a share. */
    requireFree: (key: KeyRow): void => {
      const place = home();
      if (place !== undefined) requireFree(place, key.id);
    },
  };
}
