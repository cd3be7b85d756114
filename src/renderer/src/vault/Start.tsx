import { Button } from '@blueprintjs/core';
import { t } from './messages.ts';

/** The first start: a new vault, or the demo. */
export function Start(props: {
  readonly onCreate: () => void;
  readonly onRestore: () => void;
  readonly onDemo: () => void;
  readonly isBusy: boolean;
}) {
  return (
    <section className="cs-gate-card" aria-labelledby="start-title">
      <h1 id="start-title">{t('start.title')}</h1>
      <p>{t('start.text')}</p>
      <div className="cs-actions">
        <Button intent="primary" autoFocus onClick={props.onCreate}>
          {t('start.create')}
        </Button>
        <Button onClick={props.onRestore}>{t('open.restore')}</Button>
        <Button onClick={props.onDemo} loading={props.isBusy}>
          {t('open.tryDemo')}
        </Button>
      </div>
      <p className="cs-muted">{t('open.demoText')}</p>
    </section>
  );
}
