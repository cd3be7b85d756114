/** Classes of data, as data: which keys they lie under, how long they are kept, and why. */
import type { DataClassId } from '../../contract/privacy.ts';
import { dateOfMs, type IsoDate } from '../base/index.ts';
import type { KeyLine, SealingPurpose } from '../sealing/index.ts';

export interface DataClass {
  readonly id: DataClassId;
  /** The line of keys that the class lies under, in each quarter. */
  readonly purpose: SealingPurpose;
  readonly retentionClass: string;
  /** Years after the end of the quarter; null where it is kept as long as the vault stands. */
  readonly defaultYears: number | null;
  /** Fewer are never set: the law's minimum, which the keys of the line ask for too. */
  readonly lawYears: number;
}

/** Years that the data of one person is kept at least, where there was business: AML asks for five. */
export const PERSON_YEARS = 5;

export const DATA_CLASSES: readonly DataClass[] = [
  {
    // The raw bytes are what a payment is proved with: seven years by the policy of payment processing.
    id: 'bank-messages',
    purpose: 'bank_message',
    retentionClass: '7y',
    defaultYears: 7,
    lawYears: 7,
  },
  {
    // Customers, counterparties, what a line of a statement said: the longest time a statute asks of a bank.
    id: 'parties',
    purpose: 'customer_pii',
    retentionClass: 'relationship',
    defaultYears: 10,
    lawYears: 10,
  },
  {
    // References of invoices and notes on matches: records of the books.
    id: 'invoices',
    purpose: 'invoice',
    retentionClass: '7y',
    defaultYears: 7,
    lawYears: 7,
  },
  {
    // Evidence that was added for seven years; each piece has a day of its own besides.
    id: 'evidence-7y',
    purpose: 'compliance_vault',
    retentionClass: '7y',
    defaultYears: 7,
    lawYears: 7,
  },
  {
    // Evidence added for ten years, incidents, reasons of holds and of looks.
    id: 'evidence-10y',
    purpose: 'compliance_vault',
    retentionClass: '10y',
    defaultYears: 10,
    lawYears: 10,
  },
  {
    // Details of audit records. The log itself stays and verifies.
    id: 'audit-details',
    purpose: 'audit_detail',
    retentionClass: '10y',
    defaultYears: 10,
    lawYears: 10,
  },
  {
    // Who our operators are: their acts stay in the log, and so must their names.
    id: 'operators',
    purpose: 'compliance_vault',
    retentionClass: 'operators',
    defaultYears: null,
    lawYears: 0,
  },
];

const byId = new Map(DATA_CLASSES.map((one) => [one.id, one]));
const byLine = new Map(DATA_CLASSES.map((one) => [`${one.purpose} ${one.retentionClass}`, one]));

export const dataClass = (id: DataClassId): DataClass => byId.get(id)!;
/** The class that lies under a line of keys; `undefined` for keys of the vault itself. */
export const classOfLine = ({ purpose, retentionClass }: Omit<KeyLine, 'quarter'>): DataClass | undefined =>
  byLine.get(`${purpose} ${retentionClass}`);

/** The first day on which what was sealed in a quarter may go. */
export function dueOn(quarter: string, years: number): IsoDate {
  const [year, index] = quarter.split('Q').map(Number);
  return dateOfMs(Date.UTC(year! + years, index! * 3, 1));
}
