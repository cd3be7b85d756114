import { approvalsSealedColumns } from '../approvals/index.ts';
import { auditSealedColumns } from '../audit/index.ts';
import { breaksSealedColumns } from '../breaks/index.ts';
import { ceremoniesSealedColumns } from '../ceremonies/index.ts';
import { complianceSealedColumns } from '../compliance/index.ts';
import { connectorsSealedColumns } from '../connectors/index.ts';
import { hsmSealedColumns } from '../hsm/index.ts';
import { incidentsSealedColumns } from '../incidents/index.ts';
import { instantSealedColumns } from '../instant/index.ts';
import { intakeSealedColumns } from '../intake/index.ts';
import { keysSealedColumns } from '../keys/index.ts';
import { operatorsSealedColumns } from '../operators/index.ts';
import { privacySealedColumns } from '../privacy/index.ts';
import { receivablesSealedColumns } from '../receivables/index.ts';
import { reconciliationSealedColumns } from '../reconciliation/index.ts';
import { rulesSealedColumns } from '../rules/index.ts';
import type { SealedColumn } from '../sealing/index.ts';
import { statementsSealedColumns } from '../statements/index.ts';
import { viewsSealedColumns } from '../views/index.ts';

/**
 * Every column of the console that holds sealed values. A rotation finds by it what it must seal
 * anew; a value that stands in none stays under its old key and raises an incident.
 */
export const sealedColumns: readonly SealedColumn[] = [
  ...statementsSealedColumns,
  ...receivablesSealedColumns,
  ...reconciliationSealedColumns,
  ...instantSealedColumns,
  ...breaksSealedColumns,
  ...intakeSealedColumns,
  ...connectorsSealedColumns,
  ...complianceSealedColumns,
  ...incidentsSealedColumns,
  ...keysSealedColumns,
  ...operatorsSealedColumns,
  ...hsmSealedColumns,
  ...approvalsSealedColumns,
  ...ceremoniesSealedColumns,
  ...privacySealedColumns,
  ...viewsSealedColumns,
  ...rulesSealedColumns,
  ...auditSealedColumns,
];
