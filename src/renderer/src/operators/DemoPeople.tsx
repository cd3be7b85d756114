import { Button } from '@blueprintjs/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { DemoPerson } from '../../../contract/session.ts';
import { client, orpc } from '../app/data.ts';
import { KeyCaps } from '../kit/index.ts';
import { t } from './messages.ts';
import './operators.css';

/**
 * The people of the demo vault, to be one of them with one click or with Alt and a digit. Nobody is
 * listed in any other vault. What is filled in is asked for at that moment, since codes pass.
 */
export function DemoPeople(props: {
  readonly disabled: boolean;
  readonly onBe: (person: DemoPerson) => void;
}) {
  const { disabled, onBe } = props;
  const query = useQuery(orpc.session.peopleOfDemo.queryOptions({ staleTime: 0 }));
  const people = query.data?.people ?? [];
  const be = async (name: string) => {
    const now = await client.session.peopleOfDemo().catch(() => query.data);
    const person = now?.people.find((one) => one.name === name);
    if (person !== undefined) onBe(person);
  };
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
      const person = digit === undefined ? undefined : people[Number(digit) - 1];
      if (!event.altKey || event.ctrlKey || event.metaKey || person === undefined || disabled) return;
      event.preventDefault();
      void be(person.name);
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  });
  if (people.length === 0) return null;
  return (
    <fieldset className="cs-demo-people" disabled={disabled}>
      <legend>{t('demo.legend')}</legend>
      <p className="cs-muted">{t('demo.text')}</p>
      {people.map(({ name, roles }, index) => (
        <Button key={name} fill alignText="start" className="cs-demo-person" onClick={() => void be(name)}>
          <span>{name}</span>
          <span className="cs-demo-roles">{roles.map((role) => t(`role.${role}`)).join(', ')}</span>
          {index < 9 && <KeyCaps combo={`alt+${index + 1}`} />}
        </Button>
      ))}
    </fieldset>
  );
}
