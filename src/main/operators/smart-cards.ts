import type { OperatorLine } from '../../contract/operators.ts';
import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import { actorOf, lineOf, type OperatorsContext, rowOf } from './context.ts';

/** Which card somebody signs in with. Giving one takes two people; taking a lost one away takes one. */
export function createSmartCards(context: OperatorsContext) {
  const { vault, sessions, store } = context;

  function cards() {
    const found = context.cards?.();
    if (found === undefined) throw new CountersignError('HSM_UNAVAILABLE', 'No card can be read here.');
    return found;
  }

  return {
    /**
     * Enrols the card in the reader, once it has signed; its holder types the PIN. Throws
     * `OPERATOR_UNKNOWN`, `OPERATOR_SELF`, `OPERATOR_NO_SECOND_FACTOR` and what the card refuses.
     */
    async enrolSmartCard(
      caller: Caller,
      seat: Seat,
      { id, serial, pin }: { readonly id: string; readonly serial: string; readonly pin: string },
    ): Promise<OperatorLine> {
      const row = rowOf(context, id);
      if (caller.actor === actorOf(row.id)) {
        throw new CountersignError('OPERATOR_SELF', 'Nobody enrols their own card.', { path: 'id' });
      }
      if (row.kind === 'service') {
        throw new CountersignError('OPERATOR_NO_SECOND_FACTOR', 'A service account has no card.', {
          path: 'id',
        });
      }
      await cards().enrol({ operatorId: id, serial, pin, connection: seat }, caller);
      return lineOf(context, rowOf(context, id));
    },
    /** Ends every session that the card has opened. Throws `OPERATOR_UNKNOWN`, `HSM_CARD_UNKNOWN`. */
    removeSmartCard(caller: Caller, id: string): OperatorLine {
      return vault.transaction(() => {
        const row = rowOf(context, id);
        cards().remove(id, caller);
        vault.onCommit(() => {
          for (const seat of sessions.seats()) {
            const live = sessions.get(seat);
            if (live?.operatorId === row.id && live.factor === 'hardware-token') sessions.end(seat);
          }
        });
        return lineOf(context, store.get(row.id)!);
      });
    },
  };
}
