import { useEffect, useRef } from 'react';
import type { CeremonyDetail, CeremonyStep } from '../../../contract/ceremonies.ts';
import { t } from './messages.ts';
import { nameOf, titleOf } from './steps.ts';

const SIGNS: Readonly<Record<CeremonyStep['state'], string>> = {
  done: '✓',
  signing: '✎',
  now: '▸',
  later: '·',
};

/** A ceremony that was abandoned goes past a step that not everybody had signed. */
const isLeftOpen = ({ state, signers }: CeremonyStep) =>
  state === 'done' && signers.some(({ signed }) => !signed);

/** Every step of the script, with how it stands, who signed it and what went differently. */
export function Rail({ ceremony }: { readonly ceremony: CeremonyDetail }) {
  const now = useRef<HTMLLIElement>(null);
  const at = ceremony.script.findIndex(({ state }) => state === 'now' || state === 'signing');
  useEffect(() => {
    // Some browsers answer with a promise, which is no clean-up.
    now.current?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return (
    <nav className="cs-ceremony-rail" aria-label={t('run.rail')}>
      <ol>
        {ceremony.script.map((step, place) => (
          <li
            key={`${place} ${step.id}`}
            ref={place === at ? now : undefined}
            className={`cs-rail-step cs-rail-step--${step.state}`}
            aria-current={place === at ? 'step' : undefined}
          >
            <span className="cs-rail-sign" aria-hidden="true">
              {isLeftOpen(step) ? '○' : SIGNS[step.state]}
            </span>
            <div>
              <span className="cs-rail-title">{titleOf(ceremony, step)}</span>
              <span className="cs-hidden">, {t(`rail.${isLeftOpen(step) ? 'open' : step.state}`)}</span>
              {step.state !== 'later' && step.signers.some(({ signed }) => signed) && (
                <span className="cs-rail-people">
                  {step.signers
                    .filter(({ signed }) => signed)
                    .map(({ operatorId }) => nameOf(ceremony, operatorId))
                    .join(', ')}
                </span>
              )}
              {step.exceptions.map((exception, index) => (
                <span key={index} className="cs-rail-exception">
                  {t(`class.${exception.class}`)}: {exception.reason}
                </span>
              ))}
            </div>
          </li>
        ))}
      </ol>
    </nav>
  );
}
