import { oc } from '@orpc/contract';
import { z } from 'zod';

export const commonErrors = {
  INPUT_INVALID: 'The input of the procedure does not have the form the contract asks for.',
  NOT_SIGNED_IN: 'The call carries no session.',
  NOT_PERMITTED: 'The session does not hold the permission that the procedure names.',
  APPROVAL_REQUIRED: 'The command needs a second person and has been held for approval.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used before with other content.',
  NOT_FOUND: 'Nothing is known under that id.',
  CANCELLED: 'The work was cancelled before it ended; nothing of it counts.',
  INTERNAL: 'A fault of the console itself. Nothing was written.',
} as const;

/** What a procedure needs its caller to hold. Roles map to these as data. */
export const permissions = [
  'open', // open, create and lock a vault; needs no session
  'read',
  'see-parties', // see account numbers and names of customers and counterparties in the clear
  'unmask', // look at one masked thing for a stated reason, and see who looked
  'privacy', // set retention, purge, erase a person
  'import',
  'connectors', // say where messages come from, and give callers keys
  'match',
  'rules', // write rules for the machine; a second person agrees to each
  'post',
  'close-period',
  'verify',
  'demo',
  'keys', // rotate keys, mark them, retire them
  'hsm', // configure tokens, make, move and retire keys on them
  'slots', // add, replace and revoke key slots
  'incidents', // acknowledge, assign, escalate and resolve incidents
  'backup', // back up, ship and restore
  'people', // name operators, give roles, disable
  'evidence', // keep, hold and remove evidence of the compliance vault
  'answer', // agree to or refuse what others ask for, where a policy names a role of theirs
] as const;
export type Permission = (typeof permissions)[number];

export interface ProcedureMeta extends Record<string, unknown> {
  /** The permission the pipeline asks for. A procedure without one is refused. */
  readonly permission?: Permission;
  /** Whether the procedure changes state: such a command passes the approval gate. */
  readonly command?: boolean;
  /** A command that only records that somebody looked; whoever changes nothing may run it. */
  readonly looks?: boolean;
  /** A command over nothing but what is the caller's own: their passphrase, what was lent to them. */
  readonly own?: boolean;
  /**
   * Whether its output is bytes or signed text that no mask can cover: refused to a session that may
   * neither see parties nor unmask them.
   */
  readonly showsClear?: boolean;
}

const base = oc.$meta<ProcedureMeta>({});

/** A procedure that reads. */
export const query = (permission: Permission) => base.meta({ permission });
/** A procedure that changes state. */
export const command = (permission: Permission) => base.meta({ permission, command: true });
/** A command that records a look and changes nothing else; auditors may run it. */
export const look = (permission: Permission) => base.meta({ permission, command: true, looks: true });
/** A command over what is the caller's own; auditors may run it too. */
export const own = (permission: Permission) => base.meta({ permission, command: true, own: true });

/**
 * How a value is masked for a session that may not see parties:
 * `account` keeps country, check digits and the last four; `name` keeps initials; `leading-name` does so
 * up to the first ` · `; `text` goes whole; `quoting` loses the account numbers that stand in it;
 * `detail` is the JSON of an audit record and loses every text that is not of the machine.
 */
export type MaskKind = 'account' | 'name' | 'leading-name' | 'text' | 'quoting' | 'detail';
/** Which schemas are masked. The pipeline masks by it, the screens and a test read it. */
export const masks = z.registry<{ mask: MaskKind }>();
const masked = (mask: MaskKind) => z.string().register(masks, { mask });

/** An account number: an IBAN or a bank's own. */
export const accountNumber = () => masked('account');
/** The name of a customer, a counterparty, or whoever else is on the other side. */
export const partyName = () => masked('name');
/** A line that begins with a name, followed by ` · ` and what is none. */
export const leadingPartyName = () => masked('leading-name');
/** Text that people or banks wrote freely: remittance, notes. */
export const freeText = () => masked('text');
/** A reference or file name, in which an account number may stand. */
export const quotingText = () => masked('quoting');
/** The canonical JSON of an audit record's detail. */
export const auditDetail = () => masked('detail');

export const isoDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected YYYY-MM-DD');
export const currency = z.string().regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code');
/** Minor units of the currency beside it; signed where the field says so. */
export const amountMinor = z.bigint();
/** A record number: the sequence number of an audit record. */
export const recordNumber = z.bigint();
export const id = z.string().min(1).max(64);
export const money = z.object({ amountMinor, currency });
export type Money = z.infer<typeof money>;

/** A page is asked for by the cursor that the last one returned. */
export const pageInput = z.object({
  limit: z.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional(),
});
/** A page of a list that a text filters. */
export function filteredPageOf<T extends z.ZodType>(row: T) {
  return pageOf(row).extend({
    /** How many of the newest rows were looked through for the text; null where it was every row. */
    lookedThrough: z.number().int().nullable(),
  });
}
export function pageOf<T extends z.ZodType>(row: T) {
  return z.object({
    rows: z.array(row),
    nextCursor: z.string().nullable(),
    total: z.number().int().nullable(),
  });
}
