/**
 * Every sentence in Vietnamese, as one chunk of its own: the page fetches it when Vietnamese is chosen, so
 * that English starts without it.
 */
import { vi as approvals } from '../approvals/messages.vi.ts';
import { vi as audit } from '../audit/messages.vi.ts';
import { vi as backup } from '../backup/messages.vi.ts';
import { vi as breaks } from '../breaks/messages.vi.ts';
import { vi as ceremonies } from '../ceremonies/messages.vi.ts';
import { vi as compliance } from '../compliance/messages.vi.ts';
import { vi as connectors } from '../connectors/messages.vi.ts';
import { vi as dashboard } from '../dashboard/messages.vi.ts';
import { vi as heartbeat } from '../heartbeat/messages.vi.ts';
import { vi as hsm } from '../hsm/messages.vi.ts';
import { vi as engineOfIncidents } from '../incidents/engine.vi.ts';
import { vi as incidents } from '../incidents/messages.vi.ts';
import { vi as instant } from '../instant/messages.vi.ts';
import { vi as keys } from '../keys/messages.vi.ts';
import { vi as engine } from '../kit/engine.vi.ts';
import { vi as errors } from '../kit/errors.vi.ts';
import { vi as kit } from '../kit/messages.vi.ts';
import { vi as problems } from '../kit/problems.vi.ts';
import { vi as ledger } from '../ledger/messages.vi.ts';
import { vi as operators } from '../operators/messages.vi.ts';
import { vi as packets } from '../packets/messages.vi.ts';
import { vi as policies } from '../policies/messages.vi.ts';
import { vi as privacy } from '../privacy/messages.vi.ts';
import { vi as receivables } from '../receivables/messages.vi.ts';
import { vi as reconciliation } from '../reconciliation/messages.vi.ts';
import { vi as rules } from '../rules/messages.vi.ts';
import { vi as search } from '../search/messages.vi.ts';
import { vi as statements } from '../statements/messages.vi.ts';
import { vi as vault } from '../vault/messages.vi.ts';
import { vi as slots } from '../vault/slotMessages.vi.ts';
import { vi as views } from '../views/messages.vi.ts';
import { vi as app } from './messages.vi.ts';

/** The sentences by room, as the rooms' catalogues are called. */
export const vietnamese: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  app,
  approvals,
  audit,
  backup,
  breaks,
  ceremonies,
  compliance,
  connectors,
  dashboard,
  engine: { ...engine, ...engineOfIncidents },
  errors,
  heartbeat,
  hsm,
  incidents,
  instant,
  keys,
  kit,
  ledger,
  operators,
  packets,
  policies,
  privacy,
  problems,
  receivables,
  reconciliation,
  rules,
  search,
  slots,
  statements,
  vault,
  views,
};
