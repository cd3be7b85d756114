import { Button, FormGroup, HTMLSelect, PopoverNext } from '@blueprintjs/core';
import { Filter } from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { approvalStates } from '../../../contract/approvals.ts';
import { orpc } from '../app/data.ts';
import { engineWords, KeyCaps } from '../kit/index.ts';
import { t } from './messages.ts';
import { kindWords } from './parts.tsx';

export interface Chosen {
  readonly state: (typeof approvalStates)[number] | undefined;
  readonly policy: string | undefined;
  readonly procedure: string | undefined;
  readonly maker: string | undefined;
}

export const NO_FILTER: Chosen = {
  state: undefined,
  policy: undefined,
  procedure: undefined,
  maker: undefined,
};

export const countOf = (chosen: Chosen) => Object.values(chosen).filter((one) => one !== undefined).length;

interface FiltersProps {
  readonly chosen: Chosen;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly onChange: (next: Chosen) => void;
}

/** State, policy, kind and maker, behind one button: the queue is narrow, and mostly nobody filters it. */
export function Filters({ chosen, isOpen, onOpen, onChange }: FiltersProps) {
  const count = countOf(chosen);
  return (
    <PopoverNext
      isOpen={isOpen}
      onInteraction={onOpen}
      placement="bottom-start"
      arrow={false}
      animation="minimal"
      content={<Fields chosen={chosen} onChange={onChange} />}
    >
      <Button
        size="small"
        icon={<Filter />}
        active={count > 0}
        endIcon={<KeyCaps combo="f" />}
        aria-expanded={isOpen}
      >
        {count === 0 ? t('filter.open') : t('filter.count', { count })}
      </Button>
    </PopoverNext>
  );
}

function Fields({ chosen, onChange }: Pick<FiltersProps, 'chosen' | 'onChange'>) {
  const policies = useQuery(orpc.policies.list.queryOptions()).data ?? [];
  const people = useQuery(orpc.operators.list.queryOptions()).data?.operators ?? [];
  const kinds = [...new Set(policies.flatMap(({ commands }) => commands))].filter(
    (kind) => kindWords(kind) !== kind || kind === chosen.procedure,
  );
  return (
    <form className="cs-approvals-filters" onSubmit={(event) => event.preventDefault()}>
      <Select
        label={t('filter.state')}
        value={chosen.state}
        autoFocus
        options={approvalStates.map((value) => ({ value, label: t(`state.${value}`) }))}
        onChange={(state) => onChange({ ...chosen, state: approvalStates.find((one) => one === state) })}
      />
      <Select
        label={t('filter.policy')}
        value={chosen.policy}
        options={policies.map(({ id, title }) => ({ value: id, label: engineWords(title) }))}
        onChange={(policy) => onChange({ ...chosen, policy })}
      />
      <Select
        label={t('filter.kind')}
        value={chosen.procedure}
        options={kinds.map((value) => ({ value, label: kindWords(value) }))}
        onChange={(procedure) => onChange({ ...chosen, procedure })}
      />
      <Select
        label={t('filter.maker')}
        value={chosen.maker}
        options={people.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(maker) => onChange({ ...chosen, maker })}
      />
      <Button size="small" disabled={countOf(chosen) === 0} onClick={() => onChange(NO_FILTER)}>
        {t('filter.clear')}
      </Button>
    </form>
  );
}

function Select(props: {
  readonly label: string;
  readonly value: string | undefined;
  readonly autoFocus?: boolean;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string | undefined) => void;
}) {
  const id = useId();
  return (
    <FormGroup className="cs-dialog-field" label={props.label} labelFor={id}>
      <HTMLSelect
        id={id}
        fill
        autoFocus={props.autoFocus ?? false}
        value={props.value ?? ''}
        onChange={(event) => props.onChange(event.currentTarget.value || undefined)}
      >
        <option value="">{t('filter.any')}</option>
        {props.options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </HTMLSelect>
    </FormGroup>
  );
}
