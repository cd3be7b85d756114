import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { DemoPerson } from '../../../contract/session.ts';
import { client, orpc } from '../app/data.ts';
import { KeyCaps } from '../kit/index.ts';
import { t } from './messages.ts';
import './operators.css';

/** How often a code is asked for again while every code of now is used up, and how long at most. */
const NEXT_CODE_MS = 1_000;
const NEXT_CODE_TRIES = 40;

/** The code that the app of somebody of the demo shows at this moment; where all are used up, the next one. */
export async function codeOfDemo(name: string): Promise<string | undefined> {
  for (let tries = 0; tries < NEXT_CODE_TRIES; tries += 1) {
    const { people } = await client.session.peopleOfDemo();
    const person = people.find((one) => one.name === name);
    if (person === undefined) return undefined;
    if (person.code !== null) return person.code;
    await new Promise((resolve) => setTimeout(resolve, NEXT_CODE_MS));
  }
  return undefined;
}

/**
 * The people of the demo vault, to be one of them with one click or with Alt and a digit. Nobody is
 * listed in any other vault.
 */
export function DemoPeople(props: {
  readonly disabled: boolean;
  readonly onBe: (person: DemoPerson) => void;
}) {
  const { disabled, onBe } = props;
  const query = useQuery(orpc.session.peopleOfDemo.queryOptions({ staleTime: 0 }));
  const people = query.data?.people ?? [];
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const person = digit === undefined ? undefined : people[Number(digit) - 1];
      if (!event.altKey || event.ctrlKey || event.metaKey || person === undefined || disabled) return;
      event.preventDefault();
      onBe(person);
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  });
  if (people.length === 0) return null;
  return (
    <fieldset className="cs-demo-people" disabled={disabled}>
      <legend>{t('demo.legend')}</legend>
      <p className="cs-muted">{t('demo.text')}</p>
      {people.map((person, index) => (
        <Button
          key={person.name}
          fill
          alignText="start"
          className="cs-demo-person"
          onClick={() => onBe(person)}
        >
          <span>{person.name}</span>
          <span className="cs-demo-roles">{person.roles.map((role) => t(`role.${role}`)).join(', ')}</span>
          {index < 9 && <KeyCaps combo={`alt+${index + 1}`} />}
        </Button>
      ))}
    </fieldset>
  );
}
