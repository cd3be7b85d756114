import { implement } from '@orpc/server';
import type { ProcedureMeta } from '../../contract/common.ts';
import { contract } from '../../contract/index.ts';
import { approvalsProcedures } from '../approvals/index.ts';
import { auditProcedures } from '../audit/index.ts';
import { backupProcedures } from '../backup/index.ts';
import type { FindText } from '../base/index.ts';
import type { CallContext } from '../base/procedures.ts';
import { breaksProcedures } from '../breaks/index.ts';
import { ceremoniesProcedures } from '../ceremonies/index.ts';
import { complianceProcedures } from '../compliance/index.ts';
import { connectorsProcedures } from '../connectors/index.ts';
import { dashboardProcedures } from '../dashboard/index.ts';
import { heartbeatProcedures } from '../heartbeat/index.ts';
import { hsmProcedures } from '../hsm/index.ts';
import { incidentsProcedures } from '../incidents/index.ts';
import { instantProcedures } from '../instant/index.ts';
import { intakeProcedures } from '../intake/index.ts';
import { jobsProcedures } from '../jobs/index.ts';
import { keysProcedures } from '../keys/index.ts';
import { ledgerProcedures } from '../ledger/index.ts';
import { operatorsProcedures } from '../operators/index.ts';
import { policiesProcedures } from '../policies/index.ts';
import { privacyProcedures } from '../privacy/index.ts';
import { receivablesProcedures } from '../receivables/index.ts';
import { reconciliationProcedures } from '../reconciliation/index.ts';
import { rulesProcedures } from '../rules/index.ts';
import { searchProcedures } from '../search/index.ts';
import { statementsProcedures } from '../statements/index.ts';
import { viewsProcedures } from '../views/index.ts';
import { announceChanges } from './announce.ts';
import { transcriptPrimitives } from './ceremonies.ts';
import type { HostControl } from './control.ts';
import { inventoryProcedures } from './inventory-procedures.ts';
import { lateBound } from './late-bound.ts';
import { createObserver } from './pipeline.ts';
import { sessionProcedures } from './session-procedures.ts';
import { systemProcedures } from './system-procedures.ts';
import { vaultProcedures } from './vault-procedures.ts';

export type EngineRouter = ReturnType<typeof createRouter>;

/** The whole contract, bound to the vault that is open at the moment of each call. */
export function createRouter(host: HostControl) {
  const observe = createObserver(host);
  const announce = announceChanges(host.feed);
  const find: FindText = async (kind, text) => host.current()?.findText(kind, text);
  return implement(contract)
    .$context<CallContext>()
    .use(({ context, procedure, path, next }) => {
      const { traceId, gate, seat, approved } = context;
      const meta: ProcedureMeta = procedure['~orpc'].meta;
      // A command is a sign that somebody is there; screens ask by themselves.
      if (meta.command && meta.permission !== 'open' && seat) host.touch(seat);
      const { session } = context;
      const onward = { traceId, session, gate, ...(seat ? { seat } : {}), ...(approved ? { approved } : {}) };
      return observe({ procedure: path.join('.'), traceId }, async () => {
        const result = await next({ context: onward });
        announce(path, meta);
        return result;
      });
    })
    .router({
      system: systemProcedures(host),
      vault: vaultProcedures(host),
      session: sessionProcedures(host),
      operators: operatorsProcedures(lateBound(() => host.current()?.operators)),
      policies: policiesProcedures(lateBound(() => host.current()?.policies)),
      approvals: approvalsProcedures(
        lateBound(() => host.current()?.approvals),
        lateBound(() => host.current()?.packets),
        lateBound(() => host.current()?.cards),
      ),
      jobs: jobsProcedures(host.jobs, host.feed),
      keys: keysProcedures(
        lateBound(() => host.current()?.keys),
        lateBound(() => host.current()?.calendar),
      ),
      hsm: hsmProcedures(lateBound(() => host.current()?.hsm)),
      intake: intakeProcedures(lateBound(() => host.current()?.intake)),
      connectors: connectorsProcedures(lateBound(() => host.current()?.connectors)),
      statements: statementsProcedures(lateBound(() => host.current()?.statements)),
      receivables: receivablesProcedures(
        lateBound(() => host.current()?.receivables),
        find,
      ),
      reconciliation: reconciliationProcedures(
        lateBound(() => host.current()?.reconciliation),
        find,
      ),
      instant: instantProcedures(
        lateBound(() => host.current()?.instant),
        find,
      ),
      rules: rulesProcedures(lateBound(() => host.current()?.rulesDesk)),
      breaks: breaksProcedures(
        lateBound(() => host.current()?.breaks),
        find,
      ),
      ledger: ledgerProcedures(lateBound(() => host.current()?.ledger)),
      inventory: inventoryProcedures(host, () => host.current()),
      compliance: complianceProcedures(lateBound(() => host.current()?.compliance)),
      privacy: privacyProcedures(lateBound(() => host.current()?.privacy)),
      audit: auditProcedures(
        lateBound(() => host.current()?.audit),
        lateBound(() => host.current()?.transparency),
        {
          verify: () => lateBound(() => host.current()).verifyLog(),
          replay: (at) => lateBound(() => host.current()).replay(at),
        },
        lateBound(() => host.current()?.epoch),
        (seat) => (signed) => lateBound(() => host.current()?.operators).signAs(seat, signed),
      ),
      backup: backupProcedures(lateBound(() => host.current()?.backup)),
      ceremonies: ceremoniesProcedures(
        lateBound(() => host.current()?.ceremonies),
        transcriptPrimitives,
      ),
      incidents: incidentsProcedures(lateBound(() => host.current()?.incidents)),
      heartbeat: heartbeatProcedures(lateBound(() => host.current()?.heartbeat)),
      search: searchProcedures(lateBound(() => host.current()?.search)),
      views: viewsProcedures(lateBound(() => host.current()?.views)),
      dashboard: dashboardProcedures(lateBound(() => host.current()?.dashboard)),
    });
}
