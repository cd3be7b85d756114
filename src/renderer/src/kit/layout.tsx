/** The small pieces every screen is laid out with. */
import type { ReactNode } from 'react';
import { useDelayed } from './values.tsx';

export interface PageProps {
  readonly title: string;
  /** The way here, from the room down: links before the title. */
  readonly trail?: ReactNode;
  /** Filters and buttons at the right of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** `fill`: the content takes the height that is left and scrolls inside (queues); `scroll`: the page scrolls. */
  readonly body?: 'fill' | 'scroll';
}

/** A screen: its one heading, what can be done, and its content. */
export function Page({ title, trail, actions, children, body = 'fill' }: PageProps) {
  return (
    <div className="cs-page">
      <header className="cs-page-head">
        <div className="cs-page-title">
          {trail && <span className="cs-trail">{trail}</span>}
          <h1>{title}</h1>
        </div>
        {actions && <div className="cs-page-actions">{actions}</div>}
      </header>
      <div
        className={body === 'fill' ? 'cs-page-fill' : 'cs-page-scroll'}
        {...(body === 'scroll' ? { tabIndex: -1 } : {})}
      >
        {children}
      </div>
    </div>
  );
}

/** A bordered box with a heading. */
export function Card({
  title,
  controls,
  children,
  className,
}: {
  readonly title: string;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <section className={`cs-card ${className ?? ''}`} aria-label={title}>
      <header className="cs-card-head">
        <h2>{title}</h2>
        {controls && <span className="cs-card-controls">{controls}</span>}
      </header>
      {children}
    </section>
  );
}

/** Names and values, one a line; a value of null is left out. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="cs-facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** Filters of which one is chosen, with their counts: `All 412 · Suggested 38`. */
export function FilterTabs<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  readonly label: string;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    readonly count?: number | string | undefined;
  }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <fieldset className="cs-filters">
      <legend className="cs-hidden">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          className="cs-filter"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
          {option.count !== undefined && (
            <span className="cs-filter-count">{option.count.toLocaleString()}</span>
          )}
        </button>
      ))}
    </fieldset>
  );
}

/** Lines of the shape of what is coming, from 200 ms on. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }) {
  const shown = useDelayed(true);
  if (!shown) return null;
  return (
    <div className="cs-skeleton-lines" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span
          key={index}
          className="bp6-skeleton cs-skeleton-line"
          style={{ width: `${85 - ((index * 17) % 40)}%` }}
        />
      ))}
    </div>
  );
}
