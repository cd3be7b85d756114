/** What governed commands are about: amounts, number, and what a checker sees before and after. */
import type { RenderedCommand } from '../../../contract/approvals.ts';
import type { Act, ActOf } from '../../approvals/index.ts';
import { maskAccountNumbers } from '../../base/index.ts';
import type { Policies } from '../../policies/index.ts';
import type { Privacy } from '../../privacy/index.ts';
import type { Console } from '../console.ts';
import { backupActs } from './backup.ts';
import { breaksActs } from './breaks.ts';
import { fieldsAct } from './fields.ts';
import { hsmActs } from './hsm.ts';
import { intakeActs } from './intake.ts';
import { keysActs } from './keys.ts';
import { ledgerActs } from './ledger.ts';
import { matchingActs } from './matching.ts';
import { peopleActs } from './people.ts';
import { policiesActs } from './policies.ts';
import { privacyActs } from './privacy.ts';
import { rulesActs } from './rules.ts';
import { slotActs } from './slots.ts';

export type ActRooms = Pick<
  Console,
  | 'vault'
  | 'ledger'
  | 'reconciliation'
  | 'instant'
  | 'rules'
  | 'breaks'
  | 'keys'
  | 'hsm'
  | 'backup'
  | 'operators'
  | 'cards'
> & { readonly policies: Policies; readonly privacy: () => Privacy };

const masked = (text: string | null): string | null => (text === null ? null : maskAccountNumbers(text));

/** A rendering in which nothing looks like an account number; the paths of sources name ids alone. */
const withoutAccounts = ({ title, lines, sources, obstacle }: RenderedCommand): RenderedCommand => ({
  title: maskAccountNumbers(title),
  lines: lines.map(({ label, before, after }) => ({
    label: maskAccountNumbers(label),
    before: masked(before),
    after: masked(after),
  })),
  sources: sources.map(({ label, to }) => ({ label: maskAccountNumbers(label), to })),
  obstacle: masked(obstacle),
});

/** The act of every command: its own description, or field by field where nobody gave one. */
export function createActs(rooms: ActRooms): ActOf {
  const acts: Readonly<Record<string, Act>> = {
    ...ledgerActs(rooms),
    ...matchingActs(rooms),
    ...breaksActs(rooms),
    ...rulesActs(rooms),
    ...intakeActs,
    ...keysActs(rooms),
    ...hsmActs(rooms),
    ...slotActs(rooms),
    ...backupActs(rooms),
    ...peopleActs(rooms),
    ...policiesActs(rooms),
    ...privacyActs(rooms),
  };
  return (procedure) => {
    const act = acts[procedure] ?? fieldsAct(procedure);
    return {
      ...act,
      render(input) {
        const shown = act.render(input);
        const masks = rooms.policies.governing(procedure)?.clauses.maskAccounts === true;
        return masks ? withoutAccounts(shown) : shown;
      },
    };
  };
}
