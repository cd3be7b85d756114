import { useId } from 'react';
import type { ApprovalDetail, RenderedLine } from '../../../contract/approvals.ts';
import { engineWords, KeyCaps, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';
import { groupAmounts, spreadOut } from './reading.ts';

const words = (text: string | null) =>
  text === null || text === '' ? (
    <span className="cs-muted">{t('item.nothing')}</span>
  ) : (
    groupAmounts(engineWords(text))
  );

/** What would be different: the command for people, and beside it, one key away, what is signed. */
export function Change({
  detail,
  showsRaw,
  onRaw,
}: {
  readonly detail: ApprovalDetail;
  readonly showsRaw: boolean;
  readonly onRaw: () => void;
}) {
  const { lines, sources } = detail.rendered;
  const rawId = useId();
  const isPast = detail.state !== 'pending' && detail.state !== 'approved';
  return (
    <section className="cs-change" aria-label={t('item.change')}>
      <div className="cs-change-head">
        <h2>{t('item.change')}</h2>
        <button type="button" className="cs-change-toggle" aria-expanded={showsRaw} onClick={onRaw}>
          {t(showsRaw ? 'item.hideRaw' : 'item.showRaw')} <KeyCaps combo="t" />
        </button>
      </div>
      <div className="cs-change-body">
        <div className="cs-change-words">
          {isPast && lines.length > 0 && <p className="cs-raw-hint">{t('item.past')}</p>}
          {lines.length === 0 ? (
            <p className="cs-muted">{t('item.noLines')}</p>
          ) : (
            <ChangeTable lines={lines} />
          )}
          {sources.length > 0 && (
            <p className="cs-change-sources">
              <span className="cs-muted">{t('item.sources')}</span>
              {sources.map(({ label, to }) => (
                <PlaceLink key={`${to} ${label}`} to={to}>
                  {engineWords(label)}
                </PlaceLink>
              ))}
            </p>
          )}
        </div>
        {showsRaw && <Raw id={rawId} detail={detail} />}
      </div>
    </section>
  );
}

/** Before and after; where nothing was before, names and values. */
export function ChangeTable({ lines }: { readonly lines: readonly RenderedLine[] }) {
  const isNew = lines.every(({ before }) => before === null);
  return (
    <table className="cs-plain-table cs-change-table">
      <thead>
        <tr>
          <th scope="col">{t('item.field')}</th>
          {!isNew && <th scope="col">{t('item.before')}</th>}
          <th scope="col">{t(isNew ? 'item.value' : 'item.after')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ label, before, after }, index) => (
          // Two lines of a command may say the same.
          <tr
            key={`${index} ${label}`}
            className={before !== null && before !== after ? 'cs-change-moved' : undefined}
          >
            <th scope="row">{engineWords(label)}</th>
            {!isNew && before !== null && <td>{words(before)}</td>}
            {/* What has no before is told across both. */}
            <td colSpan={!isNew && before === null ? 2 : 1}>{words(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The canonical text; what scrolls is reached by the keyboard. */
function Raw({ id, detail }: { readonly id: string; readonly detail: ApprovalDetail }) {
  return (
    <div className="cs-raw">
      <p id={id} className="cs-raw-hint">
        {t('item.rawHint')}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className="cs-raw-text" tabIndex={0} aria-label={t('item.raw')} aria-describedby={id}>
        <pre>{spreadOut(detail.raw)}</pre>
      </section>
      <p className="cs-raw-hash">
        <span className="cs-muted">{t('item.hash')}</span> <code>{detail.commandHash}</code>
      </p>
    </div>
  );
}
