import { combine, type Share, sha256, split, zeroise } from '../crypto/index.ts';
import { fromBase64, type ScriptStep, type TranscriptHeader } from '../proof/index.ts';
import { type CeremoniesContext, type KeyHome, refuse } from './context.ts';
import { checkValueOf, fingerprintOf, installedKey } from './root-key.ts';
import { CEREMONIES_CLASS, SECRET_PLACE, SHARE_PLACE } from './sealed-columns.ts';
import {
  commitmentOf,
  markOf,
  proveQuorums,
  readWords,
  SHARE_SECRET_BYTES,
  type WrittenShare,
} from './shares.ts';
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

  /** The set of shares that this ceremony makes, and the one that counts meanwhile. */
  const madeSet = ({ row, key }: ActInput): number =>
    row.kind === 'replace-custodian' ? key.shareSet + 1 : key.shareSet;

  const shareRow = (input: ActInput, shareSet: number): ShareRow =>
    store.shares(input.key.id, shareSet).find(({ x }) => x === input.step.share)!;

  /** Reads what a custodian typed, and holds it against the share that is meant. */
  function readShare(typed: string | undefined, meant: ShareRow): WrittenShare {
    const read = readWords(typed ?? '');
    if ('problem' in read) {
      const where = read.word === null ? 'share' : `share, word ${read.word}`;
      return refuse('CEREMONY_SHARE_MISTYPED', `The share is mistyped: ${read.problem}.`, {
        path: where,
        expected: 'the thirty words of the sheet, in their order',
        actual: read.problem,
      });
    }
    const { share } = read;
    if (!share.mark.equals(meant.mark)) {
      refuse('CEREMONY_SHARE_FOREIGN', 'The share belongs to another ceremony, or was replaced.', {
        path: 'share',
      });
    }
    if (share.x !== meant.x) {
      refuse('CEREMONY_SHARE_OTHER', 'This is another custodian’s share.', {
        path: 'share',
        expected: `share ${meant.x}`,
        actual: `share ${share.x}`,
      });
    }
    if (!commitmentOf(share).equals(meant.commitment)) {
      refuse('CEREMONY_SHARE_DAMAGED', 'The share is not the one that was handed out.', { path: 'share' });
    }
    return share;
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
    'read-back'(input) {
      const meant = shareRow(input, madeSet(input));
      const share = readShare(input.typed, meant);
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
        ['token', await place.describe()],
      ];
      try {
        await place.install({ keyId: key.id, label: key.label, rehearsal: row.rehearsal }, value);
      } finally {
        zeroise(secret, value);
      }
      return { facts };
    },
    async verify(input) {
      const { row, key } = input;
      const shown = await token().checkValue(key.id);
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
    collect(input) {
      const meant = shareRow(input, input.key.shareSet);
      if (meant.sealedId !== null) {
        refuse('CEREMONY_SHARE_DUPLICATE', 'This share was brought already.', { path: 'share' });
      }
      const share = readShare(input.typed, meant);
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
    async rewrap({ key }) {
      const moved = await token().rewrap(key.replaces!, key.id);
      return { facts: [['keys wrapped anew', String(moved)]] };
    },
    async retire({ key }) {
      const old = store.key(key.replaces!)!;
      await token().remove(old.id);
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
    async destroy({ key }) {
      await token().remove(key.id);
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
      for (const shareSet of [key.shareSet, key.shareSet + 1]) {
        for (const share of store.shares(key.id, shareSet)) {
          if (share.sealedId !== null) settleShare(share, share.state === 'made' ? 'void' : share.state);
        }
      }
    },
  };
}
