/** What a screen says when there is nothing to show, or something failed. */

import { Button, Callout } from '@blueprintjs/core';
import { Component, type ErrorInfo, type ReactNode, useState } from 'react';
import { places } from '../app/places.ts';
import { Skeleton } from './layout.tsx';
import { t } from './messages.ts';
import { problemOf, saysMore, whatHappened, whatItMeansForTheMoney, whatToDo } from './problems.ts';
import { waitsIn } from './waiting.ts';

export interface EmptyStateProps {
  /** What would be here. */
  readonly title: string;
  readonly text?: string;
  /** The next step: buttons or links. */
  readonly actions?: ReactNode;
}

export function EmptyState({ title, text, actions }: EmptyStateProps) {
  return (
    <div className="cs-empty">
      <p className="cs-empty-title">{title}</p>
      {text && <p className="cs-muted">{text}</p>}
      {actions && <div className="cs-actions">{actions}</div>}
    </div>
  );
}

export interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  readonly actions?: ReactNode;
}

/** What happened, what it means for the money, what to do, and a code to copy. */
export function ErrorState({ error, onRetry, actions }: ErrorStateProps) {
  const problem = problemOf(error);
  const happened = whatHappened(problem);
  const waits = waitsIn(error);
  if (waits !== null) return <Waits requestId={waits.requestId} />;
  return (
    <Callout className="cs-error" intent="danger" icon={null} role="alert">
      <p className="cs-error-title">{happened}</p>
      {problem.message && saysMore(problem.message, happened) && <p>{problem.message}</p>}
      <ProblemPlace details={problem.details} />
      <p>{whatItMeansForTheMoney(problem)}</p>
      <p>{whatToDo(problem)}</p>
      <div className="cs-actions">
        {onRetry && (
          <Button size="small" onClick={onRetry}>
            {t('error.retry')}
          </Button>
        )}
        {actions}
        <CopyCode code={problem.code} />
      </div>
    </Callout>
  );
}

/** What stands in an item's place while there is none: its problem, its outline, or that none is chosen. */
export function Meanwhile(props: {
  readonly query: {
    readonly isError: boolean;
    readonly error: unknown;
    readonly isFetching: boolean;
    refetch(): unknown;
  };
  readonly none: string;
}) {
  const { query, none } = props;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return query.isFetching ? <Skeleton lines={8} /> : <p className="cs-muted cs-pad">{none}</p>;
}

/** A command that waits for a second person: not a failure, and a link to where it waits. */
function Waits({ requestId }: { readonly requestId: string }) {
  return (
    <Callout className="cs-waits" icon={null} role="status">
      <p className="cs-error-title">{t('waits.title')}</p>
      <p>
        {t('waits.text')}{' '}
        <a className="cs-link" href={`#${places.approvals({ box: 'all', item: requestId })}`}>
          {t('waits.open')}
        </a>
      </p>
    </Callout>
  );
}

/** Where in a file a problem lies, what was expected and what was found. */
export function ProblemPlace({ details }: { readonly details: Readonly<Record<string, unknown>> }) {
  const word = (key: string): string | null => {
    const value = details[key];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : null;
  };
  const line = word('line');
  const place = [word('file'), line === null ? null : t('error.line', { line }), word('path')].filter(
    (part) => part !== null,
  );
  const rows: [string, string][] = [];
  if (place.length > 0) rows.push([t('error.where'), place.join(' · ')]);
  const expected = word('expected');
  if (expected) rows.push([t('error.expected'), expected]);
  const actual = word('actual');
  if (actual) rows.push([t('error.found'), actual]);
  if (rows.length === 0) return null;
  return (
    <dl className="cs-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A button that copies the code of an error for support. */
export function CopyCode({ code }: { readonly code: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <Button
      size="small"
      variant="minimal"
      className="cs-code"
      onClick={() => {
        void navigator.clipboard?.writeText(code).then(
          () => setCopied(true),
          () => setCopied(false),
        );
      }}
    >
      {copied ? t('error.copied') : t('error.code', { code })}
    </Button>
  );
}

/** Keeps a fault of one screen from taking the frame with it. */
export class ErrorBoundary extends Component<
  { readonly children: ReactNode; readonly resetKey?: string },
  { readonly error: unknown }
> {
  override state: { readonly error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(_error: unknown, _info: ErrorInfo): void {
    // React has written the fault to the developer console; nothing leaves the machine.
  }

  override componentDidUpdate(previous: { readonly resetKey?: string }): void {
    if (previous.resetKey !== this.props.resetKey && this.state.error !== null)
      this.setState({ error: null });
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="cs-page">
        <ErrorState error={this.state.error} onRetry={() => this.setState({ error: null })} />
      </div>
    );
  }
}
