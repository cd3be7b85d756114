import { Button } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import type { CeremonyDetail } from '../../../contract/ceremonies.ts';
import { client } from '../app/data.ts';
import { ErrorState, engineWords, Facts, problemOf } from '../kit/index.ts';
import { useMay } from '../privacy/reveal.tsx';
import { Hex } from './Hex.tsx';
import { t } from './messages.ts';
import type { SheetShown } from './Sheet.tsx';
import { Signatures } from './Signatures.tsx';
import { doWords, isTyped, nameOf, textOf, titleOf } from './steps.ts';
import { Typing } from './Typing.tsx';
import { wrongPlaces } from './words.ts';

/** The step whose turn it is: what it is, the one act that does it, then who signs. */
export function StepNow(props: {
  readonly ceremony: CeremonyDetail;
  readonly onTook: (next: CeremonyDetail) => void;
  readonly onSheet: (sheet: SheetShown) => void;
}) {
  const { ceremony, onTook, onSheet } = props;
  const step = ceremony.script.find(({ state }) => state === 'now' || state === 'signing');
  const act = useAct(ceremony, onTook, onSheet);
  const may = useMay('keys');
  if (step === undefined) return null;
  const isDone = step.state === 'signing';
  const mayDo = may && !isDone;
  const leader = ceremony.participants.find(({ role }) => role === 'administrator')!.operatorId;
  const isUnsigned = step.signers.every(({ signed }) => !signed);
  // Which words are wrong is said beside them.
  const wrong = act.isError ? wrongPlaces(problemOf(act.error).details.path) : [];
  const isDanger = step.act === 'destroy' || step.act === 'retire';
  return (
    <div className="cs-step" key={step.id}>
      <h2>{titleOf(ceremony, step)}</h2>
      <p className="cs-step-text">{textOf(ceremony, step)}</p>
      {!isDone && (
        <p className="cs-step-who">
          {t('run.who', {
            name: nameOf(ceremony, step.share === null ? leader : step.signers[0]!.operatorId),
            names: step.signers.map(({ operatorId }) => nameOf(ceremony, operatorId)).join(', '),
          })}
        </p>
      )}
      {!may && <p className="cs-muted">{t('looks.run')}</p>}
      {mayDo && isTyped(step) && (
        <Typing
          act={doWords(step)}
          isBusy={act.isPending}
          wrong={wrong}
          onChange={() => act.isError && act.reset()}
          onShare={(share) => act.mutate({ stepId: step.id, share })}
        />
      )}
      {mayDo && !isTyped(step) && (
        <Button
          key={step.id}
          size="large"
          intent={isDanger ? 'danger' : 'primary'}
          autoFocus
          loading={act.isPending}
          onClick={() => act.mutate({ stepId: step.id })}
        >
          {doWords(step)}
        </Button>
      )}
      {act.isError && wrong.length === 0 && <ErrorState error={act.error} />}
      {isDone && step.facts.length > 0 && step.act !== 'assemble' && step.id !== 'abandon' && (
        <Facts
          facts={step.facts.map(([name, text]) => [engineWords(name), <Hex key={name} text={text} />])}
        />
      )}
      {isDone && may && step.act === 'hand-out' && isUnsigned && (
        <Button loading={act.isPending} onClick={() => act.mutate({ stepId: step.id })}>
          {t('do.again')}
        </Button>
      )}
      {isDone && <Signatures key={step.id} ceremony={ceremony} step={step} onTook={onTook} />}
    </div>
  );
}

/** Asks the engine to do a step; a share that comes back is shown once and kept nowhere. */
function useAct(
  ceremony: CeremonyDetail,
  onTook: (next: CeremonyDetail) => void,
  onSheet: (sheet: SheetShown) => void,
) {
  return useMutation({
    mutationFn: ({ stepId, share }: { readonly stepId: string; readonly share?: string }) =>
      client.ceremonies.act({ ceremonyId: ceremony.id, stepId, ...(share === undefined ? {} : { share }) }),
    gcTime: 0,
    onSuccess: ({ ceremony: next, sheet }) => {
      if (sheet !== null) onSheet(sheet);
      onTook(next);
    },
  });
}
