import type { RenderedLine } from '../../../contract/approvals.ts';
import type { PartySubject, privacy as privacyContract } from '../../../contract/privacy.ts';
import type { Act } from '../../approvals/index.ts';
import { MASKS } from '../../base/index.ts';
import type { Privacy } from '../../privacy/index.ts';
import type { InputOf } from './input.ts';
import { attempt, line, rendered, told } from './lines.ts';

type Erase = InputOf<typeof privacyContract.erase>;

/**
 * Whose values would go. Everybody may read a request, so a name is shown by its initials and an account by
 * its ends; whoever may see parties finds the customer in full by the number.
 */
const partyLines = ({ customerId, name, account }: PartySubject): RenderedLine[] => [
  ...(customerId === undefined ? [] : [told('Customer', customerId)]),
  ...(name === undefined ? [] : [told('Name', MASKS.name(name))]),
  ...(account === undefined ? [] : [told('Account', MASKS.account(account))]),
];

/** Erasing a person. The request itself names a search alone, so that nothing of the party outlives it. */
export const privacyActs = ({
  privacy,
}: {
  /** Asked for at the time of a request, since the room is opened after the approvals. */
  readonly privacy: () => Pick<Privacy, 'searched'>;
}): Readonly<Record<string, Act>> => ({
  'privacy.erase': {
    facts: () => ({ amounts: [], count: 1 }),
    render(input) {
      const { searchId, reason } = input as Erase;
      const { value: searched, refusal } = attempt(() => privacy().searched(searchId));
      const lines = searched === undefined ? [told('Search', searchId)] : partyLines(searched.party);
      if (searched !== undefined) {
        const { values, transactions, openItems } = searched;
        lines.push(
          line('Values that name the party', `${values}`, 'erased for good'),
          told('Bank transactions', `${transactions}`),
          told('Open items', `${openItems}`),
        );
      }
      return rendered({
        title: 'Erase a person for good',
        lines: [...lines, told('Reason', reason)],
        sources: [{ label: 'Privacy', to: '/privacy' }],
        obstacle: refusal,
      });
    },
  },
});
