import type { ReactNode } from 'react';
import type { FileResult } from '../../../contract/intake.ts';
import { messagesWarnings } from '../../../contract/messages.ts';
import { places } from '../app/places.ts';
import {
  ErrorState,
  Facts,
  PlaceLink,
  type Problem,
  TimeCell,
  writeBytes,
  writeDuration,
} from '../kit/index.ts';
import { t } from './messages.ts';
import type { UploadState } from './uploads.ts';

const warningWords: Readonly<Record<string, string>> = messagesWarnings;

export interface ImportDetailProps {
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly durationMs?: number | null;
  readonly receivedAtMs?: number;
  readonly result: FileResult | null;
  readonly problem: Problem | null;
  readonly state: UploadState;
  /** The outcome, or how far it is, as the table shows it. */
  readonly outcome: ReactNode;
}

/** What became of one file: counts, warnings, or why it was refused and what to do. */
export function ImportDetail(props: ImportDetailProps) {
  const { result, problem } = props;
  return (
    <div className="cs-stack">
      <div>
        <h2 className="cs-item-title">{props.fileName}</h2>
        {props.state === 'cancelled' && <p>{t('imports.cancelled')}</p>}
        {result?.outcome === 'imported' && <p>{t('imports.done')}</p>}
        {result?.outcome === 'duplicate' && <p>{t('imports.known')}</p>}
      </div>
      {problem && <ErrorState error={problem} />}
      {result?.outcome === 'refused' && (
        <ErrorState
          error={{
            code: result.code ?? 'INTERNAL',
            message: result.message ?? null,
            details: result.details ?? {},
          }}
        />
      )}
      <Facts
        facts={[
          [t('imports.state'), props.outcome],
          [t('imports.type'), result?.type],
          ...countFacts(result),
          [t('imports.size'), writeBytes(props.sizeBytes)],
          [t('imports.duration'), props.durationMs ? writeDuration(props.durationMs) : null],
          [
            t('imports.time'),
            props.receivedAtMs === undefined ? null : <TimeCell key="time" atMs={props.receivedAtMs} />,
          ],
        ]}
      />
      {result && result.warnings.length > 0 && (
        <section>
          <h3 className="cs-item-subtitle">{t('imports.warningsTitle')}</h3>
          <ul className="cs-warnings">
            {result.warnings.map((warning, index) => (
              <li key={`${index + 1}`}>{warningText(warning)}</li>
            ))}
          </ul>
        </section>
      )}
      {result?.outcome === 'imported' && (
        <p className="cs-actions">
          {result.type === 'customers' && (
            <PlaceLink to={places.customers()}>{t('imports.toCustomers')}</PlaceLink>
          )}
          {result.type === 'invoices' && (
            <PlaceLink to={places.openItems()}>{t('imports.toItems')}</PlaceLink>
          )}
          {result.statements > 0 && (
            <>
              <PlaceLink to={places.statements()}>{t('imports.toStatements')}</PlaceLink>
              <PlaceLink to={places.reconciliation()}>{t('imports.toReconcile')}</PlaceLink>
            </>
          )}
        </p>
      )}
    </div>
  );
}

function countFacts(result: FileResult | null): [string, string | null][] {
  if (!result) return [];
  const lines = result.transactions.toLocaleString();
  if (result.type === 'customers') return [[t('imports.counts.customers'), lines]];
  if (result.type === 'invoices') return [[t('imports.counts.invoices'), lines]];
  return [
    [t('imports.counts.statements'), result.statements.toLocaleString()],
    [t('imports.counts.transactions'), lines],
  ];
}

/** A warning is a stable word, perhaps with a place after it; the word's sentence is what people read. */
function warningText(warning: string): string {
  const [, word = '', rest = ''] = /^([A-Z_]+)\b[:\s]*(.*)$/s.exec(warning) ?? [];
  const sentence = warningWords[word];
  if (!sentence) return warning;
  return rest === '' || rest === sentence ? sentence : `${sentence} ${rest}`;
}
