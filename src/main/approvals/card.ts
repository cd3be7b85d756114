import type { RenderedCommand } from '../../contract/approvals.ts';
import type { OperatorLine } from '../../contract/operators.ts';
import type { Audit } from '../audit/index.ts';
import { type Caller, CountersignError, type Runtime, type Seat } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import { cardName, readCard, writeCard } from './card-form.ts';
import type { PeopleOfVault } from './context.ts';
import { fingerprintOf } from './signed.ts';
import { createCardStore } from './store-cards.ts';

export interface CardsOptions {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly operators: PeopleOfVault;
  readonly runtime: Runtime;
}

/** Whose a key is on this console. */
export interface KeyHolder {
  readonly operator: OperatorLine;
  readonly publicKey: Buffer;
}

/** The keys of people on other consoles, and the card of one's own. */
export interface CardDesk {
  /** The card of whoever is signed in on a connection. Throws `SESSION_KEY_MISSING`. */
  card(seat: Seat): { name: string; text: string };
  /** Binds the key of a card to an operator; the one before it counts no more. Throws `CARD_INVALID`, `CARD_KEY_TAKEN`. */
  enrol(
    caller: Caller,
    input: { operatorId: string; text: string },
  ): { operatorId: string; fingerprint: string };
  /** What enrolling a card would do, for people. */
  renderEnrolment(input: { operatorId: string; text: string }): RenderedCommand;
  /** The enrolled key of an operator; undefined where there is none. */
  keyOf(operatorId: string): Buffer | undefined;
  /** Who signs with a key here, by their own slot or by the card that counts; undefined for nobody. */
  holderOf(fingerprint: string): KeyHolder | undefined;
}

/** The key that an operator signs with here at this moment. */
export const signingKey = (
  operators: Pick<PeopleOfVault, 'keysOf'>,
  operatorId: string,
  runtime: Pick<Runtime, 'nowMs'>,
): Buffer => operators.keysOf(operatorId, runtime.nowMs())[0] ?? Buffer.alloc(0);

/** Who is signed in on a connection, and the key they sign with here. Throws `SESSION_KEY_MISSING`. */
export function signedInAs(
  operators: Pick<PeopleOfVault, 'me' | 'keysOf'>,
  seat: Seat,
  runtime: Pick<Runtime, 'nowMs'>,
) {
  const me = operators.me(seat);
  if (me === null) {
    throw new CountersignError('SESSION_KEY_MISSING', 'Sign in first: there is no key to sign with.');
  }
  const publicKey = signingKey(operators, me.id, runtime);
  return { me, publicKey, fingerprint: fingerprintOf(publicKey) };
}

export function createCards({ vault, audit, operators, runtime }: CardsOptions): CardDesk {
  const store = createCardStore(vault.db);

  const find = (operatorId: string) => operators.list().find(({ id }) => id === operatorId);

  function personOf(operatorId: string): OperatorLine {
    const operator = find(operatorId);
    if (operator?.kind === 'person' && operator.state === 'active') return operator;
    throw new CountersignError('OPERATOR_UNKNOWN', 'There is no person under that id who may sign in.', {
      path: 'operatorId',
    });
  }

  /** Who signs with a key of their own slot, now or before. */
  function slotHolder(fingerprint: string): KeyHolder | undefined {
    for (const operator of operators.list()) {
      const keys = operators.keysOf(operator.id, runtime.nowMs());
      const publicKey = keys.find((key) => fingerprintOf(key) === fingerprint);
      if (publicKey !== undefined) return { operator, publicKey };
    }
    return undefined;
  }

  /** A card that may be enrolled for somebody. */
  function readFor(operatorId: string, text: string) {
    const operator = personOf(operatorId);
    const card = readCard(text);
    const taken = (expected: string) =>
      new CountersignError('CARD_KEY_TAKEN', 'The key of this card cannot be enrolled for this person.', {
        path: 'text',
        expected,
      });
    if (card.vault === vault.vaultId) throw taken('a card of another console');
    if (slotHolder(card.fingerprint) !== undefined) {
      throw taken('a key that signs for nobody here');
    }
    const earlier = store.ofKey(card.fingerprint);
    if (earlier !== undefined && earlier.operatorId !== operatorId)
      throw taken('a key that is nobody else’s');
    return { operator, card };
  }

  return {
    card(seat) {
      const { me, publicKey } = signedInAs(operators, seat, runtime);
      const text = writeCard(
        { name: me.name, vault: vault.vaultId, publicKey },
        (purpose, message) => operators.signAs(seat, { purpose, message }).signature,
      );
      return { name: cardName(me.name), text };
    },
    enrol(caller, { operatorId, text }) {
      const { card } = readFor(operatorId, text);
      const { fingerprint, vault: homeVault, key: publicKey } = card;
      vault.transaction(() => {
        // Looked at again within the transaction that writes it: another may have come between.
        readFor(operatorId, text);
        const replaced = store.ofOperator(operatorId)?.fingerprint ?? null;
        store.insert({ operatorId, homeVault, publicKey, fingerprint, enrolledAtMs: runtime.nowMs() });
        audit.record({
          kind: 'approvals.enrol-card',
          ...caller,
          subjects: [{ kind: 'operator', id: operatorId }],
          detail: { operatorId, nameOnCard: card.name, homeVault, fingerprint, replaced },
        });
      });
      return { operatorId, fingerprint };
    },
    renderEnrolment({ operatorId, text }) {
      const operator = find(operatorId);
      const lines = (fingerprint: string | null, nameOnCard: string | null, homeVault: string | null) => [
        { label: 'Operator', before: null, after: operator?.name ?? operatorId },
        { label: 'Name on the card', before: null, after: nameOnCard },
        { label: 'Key', before: store.ofOperator(operatorId)?.fingerprint ?? null, after: fingerprint },
        { label: 'Vault of the key', before: null, after: homeVault },
      ];
      const title = 'Enrol the key of another workstation';
      const sources = [{ label: 'Operators', to: '/operators' }];
      try {
        const { card } = readFor(operatorId, text);
        return { title, lines: lines(card.fingerprint, card.name, card.vault), sources, obstacle: null };
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error;
        return { title, lines: lines(null, null, null), sources, obstacle: error.message };
      }
    },
    keyOf: (operatorId) => store.ofOperator(operatorId)?.publicKey,
    holderOf(fingerprint) {
      const own = slotHolder(fingerprint);
      if (own !== undefined) return own;
      const enrolled = store.ofKey(fingerprint);
      // Another card of the same person has revoked this one.
      if (enrolled === undefined || store.ofOperator(enrolled.operatorId)?.fingerprint !== fingerprint)
        return undefined;
      const operator = find(enrolled.operatorId);
      return operator && { operator, publicKey: enrolled.publicKey };
    },
  };
}
