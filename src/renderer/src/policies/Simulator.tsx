import { Button, Checkbox, FormGroup, HTMLSelect } from '@blueprintjs/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useId, useMemo, useState } from 'react';
import { contract } from '../../../contract/index.ts';
import type { OperatorLine } from '../../../contract/operators.ts';
import type { SimulationInput } from '../../../contract/policies.ts';
import { orpc } from '../app/data.ts';
import { kindWords } from '../approvals/parts.tsx';
import { Card, engineWords, Page, useKeys, writeTimestamp } from '../kit/index.ts';
import { toggled } from '../operators/drafting.ts';
import { Text } from './Fields.tsx';
import { t } from './messages.ts';
import { PoliciesTabs } from './PoliciesTabs.tsx';
import { SimulatorAnswer } from './SimulatorAnswer.tsx';
import { commandsOf, nextSunday, type SimulationDraft, simulationOf } from './simulating.ts';
import '../approvals/approvals.css';
import './policies.css';

const draftFor = (procedure: string | undefined): SimulationDraft => ({
  procedure: procedure ?? 'ledger.post',
  amounts: '',
  count: '1',
  at: '',
  absent: [],
});

/** Who together could do it, then, with these away? Nothing is written; the answer follows what is typed. */
export function Simulator({ procedure }: { readonly procedure: string | undefined }) {
  const [draft, setDraft] = useState(() => draftFor(procedure));
  const people = useQuery(orpc.operators.list.queryOptions()).data?.operators ?? [];
  const read = useMemo(() => simulationOf(draft), [draft]);
  const input = 'input' in read ? read.input : null;
  const asked = useDeferredValue<SimulationInput | null>(input);
  const answer = useQuery({
    ...orpc.policies.simulate.queryOptions({ input: asked ?? { procedure: draft.procedure } }),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const set = (part: Partial<SimulationDraft>) => setDraft({ ...draft, ...part });
  const sunday = () => set({ at: writeTimestamp(nextSunday(Date.now()).getTime()) });
  useKeys(t('keys.group'), [{ combo: 's', label: t('keys.sunday'), run: sunday }]);
  return (
    <Page title={t('sim.title')} actions={<PoliciesTabs current="simulator" />} body="scroll">
      <div className="cs-simulator">
        <Card title={t('sim.what')}>
          <form className="cs-card-body cs-simulator-form" onSubmit={(event) => event.preventDefault()}>
            <Command value={draft.procedure} onChange={(next) => set({ procedure: next })} />
            <Text
              label={t('sim.amounts')}
              hint={t('sim.amountsHint')}
              value={draft.amounts}
              isWrong={'problems' in read && read.problems.includes('amounts')}
              onChange={(amounts) => set({ amounts })}
            />
            <Text
              label={t('sim.count')}
              value={draft.count}
              isWrong={'problems' in read && read.problems.includes('count')}
              onChange={(count) => set({ count })}
            />
            <Text
              label={t('sim.at')}
              hint={t('sim.atHint')}
              value={draft.at}
              isWrong={'problems' in read && read.problems.includes('at')}
              onChange={(at) => set({ at })}
            />
            <p className="cs-actions">
              <Button size="small" onClick={sunday}>
                {t('sim.sunday')}
              </Button>
              <Button size="small" disabled={draft.at === ''} onClick={() => set({ at: '' })}>
                {t('sim.now')}
              </Button>
            </p>
            <Away people={people} absent={draft.absent} onChange={(absent) => set({ absent })} />
          </form>
        </Card>
        <Card title={t('sim.answer')}>
          <div className="cs-card-body" aria-live="polite">
            {input === null ? (
              <p className="cs-problem">{t('sim.bad')}</p>
            ) : (
              <SimulatorAnswer query={answer} people={people} />
            )}
          </div>
        </Card>
      </div>
    </Page>
  );
}

/** Every command that could be asked for, those under a policy first. */
function Command({ value, onChange }: { readonly value: string; readonly onChange: (next: string) => void }) {
  const id = useId();
  const policies = useQuery(orpc.policies.list.queryOptions()).data ?? [];
  const governed = policies.flatMap(({ commands }) => commands);
  const others = useMemo(() => commandsOf(contract), []).filter((one) => !governed.includes(one));
  const option = (command: string) => (
    <option key={command} value={command}>
      {kindWords(command)}
    </option>
  );
  return (
    <FormGroup className="cs-dialog-field" label={t('sim.command')} labelFor={id}>
      <HTMLSelect id={id} fill value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {policies
          .filter(({ commands }) => commands.length > 0)
          .map((policy) => (
            <optgroup key={policy.id} label={engineWords(policy.title)}>
              {policy.commands.map(option)}
            </optgroup>
          ))}
        <optgroup label={t('sim.others')}>{others.map(option)}</optgroup>
      </HTMLSelect>
    </FormGroup>
  );
}

/** Whom to count as away: everybody has a day off. */
function Away(props: {
  readonly people: readonly OperatorLine[];
  readonly absent: readonly string[];
  readonly onChange: (absent: string[]) => void;
}) {
  const { absent, onChange } = props;
  const people = props.people.filter(({ kind, state }) => kind === 'person' && state === 'active');
  if (people.length === 0) return <p className="cs-muted">{t('sim.nobody')}</p>;
  return (
    <fieldset className="cs-slot-fields cs-away">
      <legend>{t('sim.away')}</legend>
      {people.map(({ id, name }) => (
        <Checkbox
          key={id}
          checked={absent.includes(id)}
          label={name}
          onChange={() => onChange(toggled(absent, id))}
        />
      ))}
      <Button size="small" disabled={absent.length === 0} onClick={() => onChange([])}>
        {t('sim.awayNone')}
      </Button>
    </fieldset>
  );
}
