import { FormGroup, InputGroup } from '@blueprintjs/core';
import { useId } from 'react';
import type { PartySubject } from '../../../contract/privacy.ts';
import { t } from './messages.ts';

/** What a party is named by, as it is typed. */
export interface PartyDraft {
  readonly customerId: string;
  readonly name: string;
  readonly account: string;
}
export const NOBODY: PartyDraft = { customerId: '', name: '', account: '' };
const FIELDS = [
  ['customerId', 'party.customer'],
  ['name', 'party.name'],
  ['account', 'party.account'],
] as const;

/** The party that was typed; null where no field says anything. */
export function partyOf(draft: PartyDraft): PartySubject | null {
  const given = FIELDS.flatMap(([field]) => {
    const text = draft[field].trim();
    return text === '' ? [] : [[field, text] as const];
  });
  return given.length === 0 ? null : Object.fromEntries(given);
}

/** A party by its number, its name or its account: one of them is enough. */
export function PartyFields({
  draft,
  onChange,
}: {
  readonly draft: PartyDraft;
  readonly onChange: (draft: PartyDraft) => void;
}) {
  const id = useId();
  return (
    <div className="cs-privacy-party">
      {FIELDS.map(([field, label]) => (
        <FormGroup key={field} label={t(label)} labelFor={`${id}-${field}`}>
          <InputGroup
            id={`${id}-${field}`}
            autoComplete="off"
            spellCheck={false}
            value={draft[field]}
            onChange={(event) => onChange({ ...draft, [field]: event.currentTarget.value })}
          />
        </FormGroup>
      ))}
    </div>
  );
}
