import { ORPCError, ValidationError } from '@orpc/server';
import { type ErrorCode, errorMeanings } from '../../contract/errors.ts';
import { CountersignError, type Logger, type Metrics, type Runtime } from '../base/index.ts';
import { storageError } from '../vault/index.ts';

/** A call that takes longer than this is logged, so that slow queries show. */
const SLOW_MS = 200;

/**
 * Wraps every procedure from outside: measures it, logs what was slow or failed, and turns
 * each failure into an error with a stable code. What is not ours crosses as INTERNAL,
 * without its text, which could carry data.
 */
export function createObserver(options: { runtime: Runtime; metrics: Metrics; log: Logger }) {
  const { runtime, metrics, log } = options;
  return async <T>(call: { procedure: string; traceId: string }, run: () => Promise<T>): Promise<T> => {
    const { procedure, traceId } = call;
    const startedMs = runtime.monotonicMs();
    let outcome = 'ok';
    try {
      return await run();
    } catch (error) {
      const crossed = toContractError(error);
      outcome = crossed.code;
      if (crossed.code === 'INTERNAL') {
        log.error('procedure.fault', { procedure, traceId, name: nameOf(error), at: whereOf(error) });
      }
      throw crossed;
    } finally {
      const durationMs = runtime.monotonicMs() - startedMs;
      metrics.proceduresTotal.inc({ procedure, outcome });
      metrics.procedureDurationSeconds.observe({ procedure }, durationMs / 1000);
      if (durationMs > SLOW_MS)
        log.info('procedure.slow', { procedure, traceId, durationMs: Math.round(durationMs) });
    }
  };
}

/** The error as it crosses a door: `{ code, message, data }`, nothing else. */
export function toContractError(thrown: unknown): ORPCError<string, unknown> {
  // A page that does not authenticate is met by whoever reads it, outside any transaction too.
  const error = isSqlite(thrown) ? storageError(thrown) : thrown;
  if (error instanceof CountersignError) {
    return new ORPCError(error.code, {
      status: statusOf(error.code),
      message: error.message,
      data: error.details,
    });
  }
  if (error instanceof ORPCError) {
    if (error.cause instanceof ValidationError && error.code === 'BAD_REQUEST')
      return inputInvalid(error.cause);
    if (error.code in errorMeanings) return error;
  }
  return new ORPCError('INTERNAL', { status: 500, message: errorMeanings.INTERNAL });
}

const isSqlite = (error: unknown): boolean =>
  error instanceof Error && String((error as { code?: unknown }).code).startsWith('SQLITE_');

function inputInvalid(cause: ValidationError): ORPCError<string, unknown> {
  const issue = cause.issues[0];
  const path = (issue?.path ?? [])
    .map((step) => String(typeof step === 'object' ? step.key : step))
    .join('.');
  return new ORPCError('INPUT_INVALID', {
    status: 400,
    message: path ? `The input is not valid at ${path}.` : 'The input is not valid.',
    data: { path, expected: issue?.message },
  });
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  NOT_SIGNED_IN: 401,
  NOT_PERMITTED: 403,
  NOT_FOUND: 404,
  APPROVAL_REQUIRED: 409,
  INTERNAL: 500,
};

function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 422;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** The first frame of our own code, which says where without saying what. */
function whereOf(error: unknown): string | undefined {
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const own = frames.find((frame) => frame.includes('/src/main/') || frame.includes('/out/main/'));
  return own?.trim().replace(/^at .*?([^/\\]+\/[^/\\]+:\d+:\d+)\)?$/, '$1');
}
