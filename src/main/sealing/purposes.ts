/** What sealed values are for. Each purpose has keys of its own. */
export const sealingPurposes = [
  'customer_pii',
  'invoice',
  'bank_message',
  'compliance_vault',
  'audit_detail',
] as const;
export type SealingPurpose = (typeof sealingPurposes)[number];

/**
 * Retention class of a purpose where the caller names none. All values of one class and quarter go
 * at once when their key is destroyed.
 */
export const defaultRetentionClass: Readonly<Record<SealingPurpose, string>> = {
  customer_pii: 'relationship',
  invoice: '7y',
  bank_message: '7y',
  compliance_vault: '10y',
  audit_detail: '10y',
};

/** Purpose, retention class and quarter of creation: what shares one line of DEK versions. */
export interface KeyLine {
  readonly purpose: SealingPurpose;
  readonly retentionClass: string;
  /** `YYYYQn`, UTC. */
  readonly quarter: string;
}

/** A calendar quarter, with the instants it starts and ends at. */
export interface Quarter {
  readonly name: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The UTC quarter that holds an instant. */
export function quarterOf(atMs: number): Quarter {
  const date = new Date(atMs);
  const year = date.getUTCFullYear();
  const index = Math.floor(date.getUTCMonth() / 3);
  return {
    name: `${String(year).padStart(4, '0')}Q${index + 1}`,
    fromMs: Date.UTC(year, index * 3, 1),
    untilMs: Date.UTC(year, index * 3 + 3, 1),
  };
}
