import { audit as auditContract } from '../../contract/audit.ts';
import { incident } from '../../contract/incidents.ts';
import type { DataClassId } from '../../contract/privacy.ts';
import { customer, openItem } from '../../contract/receivables.ts';
import { bankAccount, statementRow, transactionDetail } from '../../contract/statements.ts';
import { type Caller, CountersignError, isCountersignError } from '../base/index.ts';
import { createImportFiles } from '../intake/index.ts';
import type { Keys } from '../keys/index.ts';
import type { Policies } from '../policies/index.ts';
import { createPrivacy, type PartySources, type Privacy, type PrivacyOptions } from '../privacy/index.ts';
import type { Search } from '../search/index.ts';
import type { Console, ConsoleOptions } from './console.ts';
import { sealedColumns } from './sealed-columns.ts';

type Rooms = Pick<
  Console,
  | 'sealing'
  | 'audit'
  | 'incidents'
  | 'backup'
  | 'compliance'
  | 'statements'
  | 'receivables'
  | 'reconciliation'
  | 'instant'
  | 'rules'
  | 'intake'
  | 'policies'
>;

/** What the privacy room asks of the desks. */
function partySources({ vault }: ConsoleOptions, rooms: Rooms): PartySources {
  const { statements, receivables, intake, sealing } = rooms;
  const files = createImportFiles({ vault, sealing });
  return {
    customers: () => receivables.customersForMatching(),
    sealedOf: (customerId) => receivables.sealedOfCustomer(customerId),
    items: () => receivables.openItemsForMatching({ withPaid: true }),
    ownAccounts: () => statements.bankAccounts().map(({ number }) => number),
    isList: (importId) => ['customers', 'invoices'].includes(intake.typeOf(importId)),
    bytes(importId, start, end) {
      try {
        return files.bytes(importId, start, end);
      } catch (error) {
        if (isCountersignError(error, 'STATEMENT_SOURCE_ERASED')) return null;
        throw error;
      }
    },
  };
}

/** One thing of each kind as its room answers it, with the schema that says what of it is masked. */
function things({ statements, receivables, audit, incidents }: Rooms): PrivacyOptions['things'] {
  const recordSchema = auditContract.record['~orpc'].outputSchema!;
  return {
    'bank-transaction': (id) => ({ schema: transactionDetail, value: statements.transaction(id) }),
    'open-item': (id) => ({ schema: openItem, value: receivables.openItem(id) }),
    incident: (id) => ({ schema: incident, value: incidents.get(id) }),
    customer: (id) => ({ schema: customer, value: receivables.customer(id) }),
    statement: (id) => ({ schema: statementRow, value: statements.get(id) }),
    account(id) {
      const value = statements.bankAccounts().find((one) => one.id === id);
      if (value === undefined)
        throw new CountersignError('PRIVACY_THING_UNKNOWN', 'There is no such account.', { path: 'account' });
      return { schema: bankAccount, value };
    },
    'audit-record'(id) {
      if (!/^\d{1,18}$/.test(id))
        throw new CountersignError('PRIVACY_THING_UNKNOWN', 'There is no such record.', { path: 'id' });
      return { schema: recordSchema, value: { detail: audit.get(BigInt(id)).detail } };
    },
  };
}

/** What the policies ask for: what a payment leaves behind is kept as long as the payment's policy says. */
function minimumYears(policies: Policies, dataClass: DataClassId): number {
  const years = policies.list().map(({ clauses }) => clauses.retentionYears);
  if (dataClass === 'audit-details') return Math.max(...years);
  const isOfPayments = ['bank-messages', 'parties', 'invoices'].includes(dataClass);
  return isOfPayments ? (policies.retentionYearsOf('payment-processing') ?? 0) : 0;
}

/** Evidence whose own day has passed goes before the keys of its quarter do, and each leaves its record. */
function removeDueEvidence({ compliance }: Rooms, caller: Caller): void {
  for (;;) {
    const { rows } = compliance.list({ state: 'due', limit: 100 });
    if (rows.length === 0) return;
    for (const { id } of rows) compliance.remove(id, 'Its retention ended.', caller);
  }
}

/** The privacy of the vault: retention, holds, erasing, looking. */
export function wirePrivacy(options: ConsoleOptions, rooms: Rooms, keys: Keys, search: Search): Privacy {
  const { vault, runtime, log, jobs, feed } = options;
  const { sealing, audit, backup } = rooms;
  return createPrivacy({
    ...{ vault, sealing, audit, runtime, log, jobs, feed, sealedColumns },
    sources: partySources(options, rooms),
    things: things(rooms),
    destroyKeys(caller, line) {
      const { confirmation } = keys.loss(line);
      return keys.destroy(caller, line, confirmation).keyIds.length;
    },
    removeDueEvidence: (caller) => removeDueEvidence(rooms, caller),
    backups: () =>
      backup
        .list()
        .filter(({ kind, exists }) => kind === 'backup' && exists)
        .map(({ path, atMs, record }) => ({ path, atMs, record })),
    // Whatever was read into memory is read again without them.
    forgetInSearch: async () => {
      await search.forget();
      await rooms.reconciliation.relearn();
      await rooms.instant.forget();
      rooms.rules.forget();
    },
    minimumYears: (dataClass) => minimumYears(rooms.policies, dataClass),
  });
}
