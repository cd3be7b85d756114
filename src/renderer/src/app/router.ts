/**
 * The router. Hash history, so that the same page works under the desktop app's own protocol
 * and through the loopback door. Search parameters are plain text, never JSON.
 */
import { type AnyRoute, createHashHistory, createRouter } from '@tanstack/react-router';
import { createElement } from 'react';
import { approvalsRoutes } from '../approvals/routes.tsx';
import { auditRoutes } from '../audit/routes.tsx';
import { backupRoutes } from '../backup/routes.tsx';
import { breaksRoutes } from '../breaks/routes.tsx';
import { ceremoniesRoutes } from '../ceremonies/routes.tsx';
import { complianceRoutes } from '../compliance/routes.tsx';
import { connectorsRoutes } from '../connectors/routes.tsx';
import { dashboardRoutes } from '../dashboard/routes.tsx';
import { heartbeatRoutes } from '../heartbeat/routes.tsx';
import { hsmRoutes } from '../hsm/routes.tsx';
import { incidentsRoutes } from '../incidents/routes.tsx';
import { instantRoutes } from '../instant/routes.tsx';
import { keysRoutes } from '../keys/routes.tsx';
import { useLanguage } from '../kit/index.ts';
import { ledgerRoutes } from '../ledger/routes.tsx';
import { operatorsRoutes } from '../operators/routes.tsx';
import { packetsRoutes } from '../packets/routes.tsx';
import { policiesRoutes } from '../policies/routes.tsx';
import { privacyRoutes } from '../privacy/routes.tsx';
import { receivablesRoutes } from '../receivables/routes.tsx';
import { reconciliationRoutes } from '../reconciliation/routes.tsx';
import { rulesRoutes } from '../rules/routes.tsx';
import { statementsRoutes } from '../statements/routes.tsx';
import { vaultRoutes } from '../vault/routes.tsx';
import { rootRoute } from './root.tsx';

const routeTree = rootRoute.addChildren([
  ...dashboardRoutes,
  ...statementsRoutes,
  ...receivablesRoutes,
  ...reconciliationRoutes,
  ...breaksRoutes,
  ...instantRoutes,
  ...rulesRoutes,
  ...ledgerRoutes,
  ...approvalsRoutes,
  ...auditRoutes,
  ...backupRoutes,
  ...ceremoniesRoutes,
  ...complianceRoutes,
  ...connectorsRoutes,
  ...incidentsRoutes,
  ...heartbeatRoutes,
  ...keysRoutes,
  ...hsmRoutes,
  ...operatorsRoutes,
  ...packetsRoutes,
  ...policiesRoutes,
  ...privacyRoutes,
  ...vaultRoutes,
]);

/**
 * The router keeps what it has drawn, so each screen is told of another language by itself: it is drawn anew
 * with the selection, the scrolling and the half-written form that it has.
 */
function followLanguage(route: AnyRoute): void {
  const Screen = route.options.component;
  if (Screen) {
    route.update({
      component: function InLanguage() {
        useLanguage();
        return createElement(Screen);
      },
    });
  }
  for (const child of Object.values<AnyRoute>(route.children ?? {})) followLanguage(child);
}
for (const route of Object.values<AnyRoute>(routeTree.children ?? {})) followLanguage(route);

export function makeRouter() {
  return createRouter({
    routeTree,
    history: createHashHistory(),
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(
        Object.entries(search)
          .filter(([, value]) => value !== undefined && value !== '')
          .map(([key, value]) => [key, String(value)]),
      ).toString();
      return text === '' ? '' : `?${text}`;
    },
    defaultPendingMs: 200,
  });
}
