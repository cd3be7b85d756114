import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every series the rooms feed. One value an engine, so that two engines in one process never mix. */
export interface Metrics {
  readonly registry: Registry;
  /** Bank transactions and journal entries taken in, by kind and outcome. */
  readonly transactionsTotal: Counter<'kind' | 'outcome'>;
  /** Seconds from the first byte to the commit, by kind of work. */
  readonly transactionsDurationSeconds: Histogram<'kind'>;
  readonly accountBalanceUpdatesTotal: Counter;
  /** Differences found between books and statements, by kind (gap, difference, unmatched). */
  readonly reconciliationDiscrepanciesTotal: Counter<'kind'>;
  readonly reconciliationDecisionsTotal: Counter<'status'>;
  readonly auditRecordsTotal: Counter<'kind'>;
  readonly auditTrailIntegrityChecksTotal: Counter<'outcome'>;
  readonly importsTotal: Counter<'type' | 'outcome'>;
  readonly proceduresTotal: Counter<'procedure' | 'outcome'>;
  readonly procedureDurationSeconds: Histogram<'procedure'>;
  readonly sealedValuesTotal: Counter<'action'>;
  readonly jobsRunning: Gauge;
  /** Single messages, by what became of them. */
  readonly instantMessagesTotal: Counter<'outcome'>;
  /** Seconds from received to committed. */
  readonly instantMessageDurationSeconds: Histogram;
  /** Stops the measuring of the event loop. */
  close(): void;
}

const LATENCY_BUCKETS_SECONDS = [0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1, 3, 10, 60, 600];

/** Creates the registry with all its series, so that each shows from the first scrape on. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter<L>({ name, help, labelNames: [...labelNames], registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Histogram<L>({
      name,
      help,
      labelNames: [...labelNames],
      buckets: LATENCY_BUCKETS_SECONDS,
      registers,
    });
  const eventLoop = measureEventLoop(registry);
  return {
    registry,
    transactionsTotal: counter('transactions_total', 'Bank transactions and journal entries taken in', [
      'kind',
      'outcome',
    ]),
    transactionsDurationSeconds: histogram(
      'transactions_duration_seconds',
      'From the first byte to the commit',
      ['kind'],
    ),
    accountBalanceUpdatesTotal: counter('account_balance_updates_total', 'Balances written by postings'),
    reconciliationDiscrepanciesTotal: counter(
      'reconciliation_discrepancies_total',
      'Differences found between books and statements',
      ['kind'],
    ),
    reconciliationDecisionsTotal: counter('reconciliation_decisions_total', 'Matches decided, by status', [
      'status',
    ]),
    auditRecordsTotal: counter('audit_records_total', 'Audit records written', ['kind']),
    auditTrailIntegrityChecksTotal: counter(
      'audit_trail_integrity_checks_total',
      'Full verifications of the audit log',
      ['outcome'],
    ),
    importsTotal: counter('imports_total', 'Files taken in, by type and outcome', ['type', 'outcome']),
    proceduresTotal: counter('procedures_total', 'Calls of the contract', ['procedure', 'outcome']),
    procedureDurationSeconds: histogram('procedure_duration_seconds', 'Time a call took', ['procedure']),
    sealedValuesTotal: counter('sealed_values_total', 'Values sealed and opened', ['action']),
    jobsRunning: new Gauge({ name: 'jobs_running', help: 'Long work under way', registers }),
    instantMessagesTotal: counter('instant_messages_total', 'Single messages, by what became of them', [
      'outcome',
    ]),
    instantMessageDurationSeconds: histogram(
      'instant_message_duration_seconds',
      'From the receipt of a single message to its commit',
      [],
    ),
    close: () => eventLoop.disable(),
  };
}

function measureEventLoop(registry: Registry): ReturnType<typeof monitorEventLoopDelay> {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const seconds = read();
        this.set(Number.isFinite(seconds) ? seconds : 0);
      },
    });
  gauge('event_loop_delay_p50_seconds', 'Median delay of the event loop', () => delay.percentile(50) / 1e9);
  gauge('event_loop_delay_p99_seconds', '99th percentile of the delay', () => delay.percentile(99) / 1e9);
  gauge('event_loop_delay_max_seconds', 'Greatest delay seen', () => delay.max / 1e9);
  return delay;
}
