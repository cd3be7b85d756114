/** Fields of one log line. Values are counts, codes, ids and durations; never a secret, a name or an account number. */
export type LogFields = Readonly<Record<string, string | number | boolean | bigint | null | undefined>>;

export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Runs of characters that look like an account number (an IBAN, or ten digits and more). */
const ACCOUNT_NUMBER = /\b[A-Z]{2}\d{2}[A-Z0-9]{8,30}\b|\b\d{10,}\b/g;

/** Fields whose digits are no account numbers. */
const UNMASKED_FIELDS = new Set(['traceId', 'record', 'vaultId', 'jobId']);

/**
 * A structured log: one JSON object a line. As a last line of defence anything in a text
 * that looks like an account number is masked; the callers do not put it there to begin with.
 */
export function createLogger(write: (line: string) => void, nowMs: () => number): Logger {
  const line =
    (level: string) =>
    (event: string, fields: LogFields = {}) => {
      const safe: Record<string, unknown> = { at: new Date(nowMs()).toISOString(), level, event };
      for (const [name, value] of Object.entries(fields)) {
        if (typeof value === 'bigint') safe[name] = value.toString();
        else if (typeof value === 'string' && !UNMASKED_FIELDS.has(name))
          safe[name] = maskAccountNumbers(value);
        else if (value !== undefined) safe[name] = value;
      }
      write(`${JSON.stringify(safe)}\n`);
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
}

/** Keeps the first two and last two characters of what looks like an account number. */
export function maskAccountNumbers(text: string): string {
  return text.replace(ACCOUNT_NUMBER, (found) => `${found.slice(0, 2)}…${found.slice(-2)}`);
}

/** Says nothing. */
export const silentLogger: Logger = { info: () => {}, warn: () => {}, error: () => {} };
