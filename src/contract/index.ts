/**
 * The contract: every procedure that any door serves, with the schema of what goes in and
 * what comes out. Types, validation and documentation all derive from it.
 */
import { approvals } from './approvals.ts';
import { audit } from './audit.ts';
import { backup } from './backup.ts';
import { breaks } from './breaks.ts';
import { ceremonies } from './ceremonies.ts';
import { compliance } from './compliance.ts';
import { connectors } from './connectors.ts';
import { dashboard } from './dashboard.ts';
import { heartbeat } from './heartbeat.ts';
import { hsm } from './hsm.ts';
import { incidents } from './incidents.ts';
import { instant } from './instant.ts';
import { intake } from './intake.ts';
import { inventory } from './inventory.ts';
import { jobs } from './jobs.ts';
import { keys } from './keys.ts';
import { ledger } from './ledger.ts';
import { operators } from './operators.ts';
import { policies } from './policies.ts';
import { privacy } from './privacy.ts';
import { receivables } from './receivables.ts';
import { reconciliation } from './reconciliation.ts';
import { rules } from './rules.ts';
import { search } from './search.ts';
import { session } from './session.ts';
import { statements } from './statements.ts';
import { system } from './system.ts';
import { vault } from './vault.ts';
import { views } from './views.ts';

export const contract = {
  system,
  vault,
  session,
  operators,
  ceremonies,
  policies,
  approvals,
  jobs,
  keys,
  hsm,
  intake,
  connectors,
  statements,
  receivables,
  reconciliation,
  instant,
  rules,
  breaks,
  ledger,
  audit,
  backup,
  compliance,
  privacy,
  inventory,
  incidents,
  heartbeat,
  search,
  dashboard,
  views,
};
export type Contract = typeof contract;

export { type ErrorCode, errorMeanings } from './errors.ts';
