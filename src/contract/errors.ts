import { approvalsErrors } from './approvals.ts';
import { auditErrors } from './audit.ts';
import { backupErrors } from './backup.ts';
import { breaksErrors } from './breaks.ts';
import { ceremoniesErrors } from './ceremonies.ts';
import { commonErrors } from './common.ts';
import { complianceErrors } from './compliance.ts';
import { connectorsErrors } from './connectors.ts';
import { heartbeatErrors } from './heartbeat.ts';
import { hsmErrors } from './hsm-errors.ts';
import { incidentsErrors } from './incidents.ts';
import { instantErrors } from './instant.ts';
import { intakeErrors } from './intake.ts';
import { jobsErrors } from './jobs.ts';
import { keysErrors } from './keys.ts';
import { ledgerErrors } from './ledger.ts';
import { messagesErrors } from './messages.ts';
import { operatorsErrors } from './operators.ts';
import { policiesErrors } from './policies.ts';
import { privacyErrors } from './privacy.ts';
import { receivablesErrors } from './receivables.ts';
import { reconciliationErrors } from './reconciliation.ts';
import { rulesErrors } from './rules.ts';
import { sealingErrors } from './sealing.ts';
import { searchErrors } from './search.ts';
import { statementsErrors } from './statements.ts';
import { vaultErrors } from './vault.ts';
import { viewsErrors } from './views.ts';

/** Every stable error code with one sentence on what it means. Rooms declare their own. */
export const errorMeanings = {
  ...commonErrors,
  ...vaultErrors,
  ...sealingErrors,
  ...messagesErrors,
  ...jobsErrors,
  ...keysErrors,
  ...hsmErrors,
  ...auditErrors,
  ...backupErrors,
  ...incidentsErrors,
  ...heartbeatErrors,
  ...operatorsErrors,
  ...ceremoniesErrors,
  ...policiesErrors,
  ...approvalsErrors,
  ...complianceErrors,
  ...privacyErrors,
  ...ledgerErrors,
  ...intakeErrors,
  ...connectorsErrors,
  ...instantErrors,
  ...statementsErrors,
  ...receivablesErrors,
  ...reconciliationErrors,
  ...rulesErrors,
  ...breaksErrors,
  ...searchErrors,
  ...viewsErrors,
} as const;

export type ErrorCode = keyof typeof errorMeanings;
