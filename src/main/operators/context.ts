import type { OperatorCard, OperatorLine, RoleId } from '../../contract/operators.ts';
import type { Audit } from '../audit/index.ts';
import { type Caller, CountersignError, type RaiseIncident, type Runtime } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';
import { waitsUntilMs } from './back-off.ts';
import type { Lent } from './lendings.ts';
import { permissionsOf } from './roles.ts';
import { NAME_PLACE } from './sealed-columns.ts';
import type { Sessions } from './sessions.ts';
import type { SlotMaker, Stretch } from './slot.ts';
import type { OperatorRow, Store } from './store.ts';

/** What this room needs of the smart cards of operators; the HSM's room reads and judges them. */
export interface SmartCards {
  of(operatorId: string): OperatorCard | undefined;
  /** Throws where the card does not prove itself; the PIN is tried once. */
  prove(
    asked: { readonly operatorId: string; readonly connection: object; readonly pin: string },
    caller: Caller,
  ): Promise<void>;
  enrol(
    wanted: {
      readonly operatorId: string;
      readonly connection: object;
      readonly pin: string;
      readonly serial: string;
    },
    caller: Caller,
  ): Promise<unknown>;
  remove(operatorId: string, caller: Caller): void;
}

export interface OperatorsOptions {
  readonly vault: Vault;
  readonly sealing: Sealing;
  readonly audit: Audit;
  readonly runtime: Runtime;
  readonly sessions: Sessions;
  readonly raiseIncident: RaiseIncident;
  /** The room of the cards, which is made after this one; nothing before it is there. */
  readonly cards?: () => SmartCards | undefined;
  /** What makes a key of a passphrase; Argon2id, and in tests something cheaper. */
  readonly stretch?: Stretch;
}

/** What the parts of the room share. */
export interface OperatorsContext extends OperatorsOptions {
  readonly store: Store;
  readonly slots: SlotMaker;
  readonly lent: Lent;
}

/** Column of the blind index over names. */
export const NAME_INDEX = 'operator.name';

/** How the log names an operator: never by name, since the actor of a record is not sealed. */
export const actorOf = (id: number): string => `operator-${id}`;

/** What a slot is bound to. */
export const ownerOf = (vault: Vault, id: number): string => `${vault.vaultId}\n${id}`;

/** A name as it is shown. Throws `OPERATOR_NAME_INVALID`. */
export function readName(typed: string): string {
  const name = typed.normalize('NFKC').trim().replace(/\s+/g, ' ');
  if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N} .'@_-]{1,59}$/u.test(name)) return name;
  throw new CountersignError('OPERATOR_NAME_INVALID', 'An operator cannot have this name.', {
    path: 'name',
    expected: "2 to 60 letters, digits, spaces and . ' @ _ -",
  });
}

/** What two names have in common where they are one. */
const normalised = (name: string): string =>
  name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLocaleLowerCase('en');

export const nameIndexOf = (name: string) => ({ column: NAME_INDEX, normalised: normalised(name) });

/** The operator of a name. In a vault transaction: the first look makes the key of the index. */
export function findByName({ sealing, store }: OperatorsContext, name: string): OperatorRow | undefined {
  return store.byName(sealing.findByTag(NAME_INDEX, sealing.blindTag(NAME_INDEX, normalised(name))));
}

/** The row of an id as it crosses the contract. Throws `OPERATOR_UNKNOWN`. */
export function rowOf({ store }: Pick<OperatorsContext, 'store'>, id: string): OperatorRow {
  const row = /^\d{1,9}$/.test(id) ? store.get(Number(id)) : undefined;
  if (row === undefined) {
    throw new CountersignError('OPERATOR_UNKNOWN', 'There is no operator under that id.', { path: 'id' });
  }
  return row;
}

/** The name of an operator, opened. */
export const nameOf = ({ sealing }: OperatorsContext, row: OperatorRow): string =>
  sealing.openText({ id: row.nameId, ...NAME_PLACE, applicationId: String(row.id) });

/** The roles that somebody holds at this moment, lent ones among them. */
export const heldRoles = ({ lent }: Pick<OperatorsContext, 'lent'>, row: OperatorRow): RoleId[] => [
  ...new Set([...row.roles, ...lent.rolesOf(row.id)]),
];

/** The smart card that somebody signs in with. */
export function cardOf({ cards }: Pick<OperatorsOptions, 'cards'>, { id }: OperatorRow): OperatorCard | null {
  const card = cards?.()?.of(String(id));
  if (card === undefined) return null;
  const { serial, algorithm, kind, enrolledAtMs } = card;
  return { serial, algorithm, kind, enrolledAtMs };
}

/** An operator as it is shown. */
export function lineOf(context: OperatorsContext, row: OperatorRow): OperatorLine {
  const { store, runtime, lent } = context;
  const slot = store.slot(row.id);
  return {
    id: String(row.id),
    kind: row.kind,
    name: nameOf(context, row),
    state: row.state,
    roles: [...row.roles],
    permissions: [...(row.kind === 'person' ? permissionsOf(heldRoles(context, row)) : row.permissions)],
    createdAtMs: row.createdAtMs,
    lastSignInAtMs: row.lastSignInAtMs,
    waitsUntilMs: waitsUntilMs(row, runtime.nowMs()),
    keyFingerprint: slot === undefined ? '' : sha256(slot.publicKey).toString('hex'),
    keySuite: slot?.suite ?? '',
    lentRoles: [...lent.rolesOf(row.id)],
    card: cardOf(context, row),
  };
}
